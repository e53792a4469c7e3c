import { type PeerId, volunteerIdSchema } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import type { Arrival } from '../volunteer-session.ts';
import { decodePart, encodePart, openingSchema } from './opening.ts';

test('[SV30] all that is known of a tab goes with it to the server it is offered to', () => {
  const arrival: Required<Arrival> = {
    volunteer: volunteerIdSchema.parse(`v${'a'.repeat(26)}`),
    peer: 'tab' as PeerId,
    workers: 2,
    memoryMB: 256,
    agent: 'Chromium 156',
    engine: 'blink',
    road: 'webrtc',
    trusted: false,
    token: 'key',
    site: 'site',
    network: '192.0.2.0',
  };
  const opening = { role: 'volunteer', ...arrival } as const;
  expect(decodePart(encodePart(opening), openingSchema)).toEqual(opening);
});
