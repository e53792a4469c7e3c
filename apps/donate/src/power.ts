import { WORKERS_MAX } from './options.ts';

export const POWERS = ['quiet', 'balanced', 'full'] as const;
export type Power = (typeof POWERS)[number];

const SHARE: Readonly<Record<Power, number>> = { quiet: 0.25, balanced: 0.5, full: 1 };

/** How many workers a power means on a device with so many logical cores. */
export function workersFor(power: Power, cores: number): number {
  const known = Number.isFinite(cores) ? cores : 1;
  return Math.min(WORKERS_MAX, Math.max(1, Math.floor(known * SHARE[power])));
}

/** A phone runs from a battery and gets warm in the hand: it starts quiet. */
export function firstPower(device: { readonly handheld: boolean }): Power {
  return device.handheld ? 'quiet' : 'balanced';
}
