export type { CoordinatorEffect, JournalRecord } from './coordinator/effect.ts';
export type { CoordinatorEvent, WorkMessage } from './coordinator/event.ts';
export type { VolunteerEffect } from './volunteer/effect.ts';
export type { DonorCommand, VolunteerEvent } from './volunteer/event.ts';
