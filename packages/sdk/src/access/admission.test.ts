import type { VolunteerMessage } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import type { HostOptions } from '../host/options.ts';
import { admitVolunteer } from './admission.ts';

const KEYS: Readonly<Record<string, readonly string[]>> = {
  mk_first: ['https://shop.example', 'https://blog.example'],
  mk_second: ['https://blog.example', 'https://shop.example'],
  mk_other: ['https://other.example'],
};

const options = {
  authorise: (key: string) => ({ scope: 'embed', owner: key, id: key, origins: KEYS[key] ?? [] }),
} as Partial<HostOptions> as HostOptions;

function siteOf(site: string, siteOrigin: string): string | undefined {
  const join = { site, siteOrigin } as Partial<VolunteerMessage> as Parameters<
    typeof admitVolunteer
  >[1];
  return admitVolunteer(options, join).site;
}

test('[VA41] all origins of a key are one site, also for the key that takes its place', () => {
  const one = siteOf('mk_first', 'https://shop.example');
  expect(one).toBeDefined();
  expect(siteOf('mk_first', 'https://blog.example')).toBe(one);
  expect(siteOf('mk_second', 'https://shop.example')).toBe(one);
  expect(siteOf('mk_other', 'https://other.example')).not.toBe(one);
  expect(() => siteOf('mk_other', 'https://shop.example')).toThrow('not for https://shop.example');
});
