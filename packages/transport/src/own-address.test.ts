import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { withoutOwn } from './own-address.ts';

test('[AC14] whoever calls from an address of this machine is this machine', () => {
  const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  expect(own.length).toBeGreaterThan(0);
  for (const { address } of own) expect(withoutOwn(address)).toBe('127.0.0.1');
  expect(withoutOwn('::ffff:127.0.0.1')).toBe('127.0.0.1');
  expect(withoutOwn('198.51.100.7')).toBe('198.51.100.7');
  expect(withoutOwn(undefined)).toBeUndefined();
});
