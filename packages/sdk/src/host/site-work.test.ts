import type { VolunteerMessage } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import type { SiteLedger } from '../access/site-ledger.ts';
import type { HostOptions } from './options.ts';
import { SiteWork } from './site-work.ts';

test('[EM23] hours given are no more than the workers of the tab can have had', () => {
  let now = 0;
  const told: number[] = [];
  const sites = {
    onWorked: (_: string, { busyMs }: { busyMs: number }) => void told.push(busyMs),
  } as Partial<SiteLedger> as SiteLedger;
  const options = { access: { sites } } as Partial<HostOptions> as HostOptions;
  const visitor = { token: 'a2b3', site: 'https://a.example', workers: 2 };
  const work = SiteWork.of(visitor, { options, now: () => now });
  const claim = (busyMs: number) =>
    work?.onMessage({ type: 'results', busyMs } as Partial<VolunteerMessage> as VolunteerMessage);
  now = 1_000;
  claim(1_500);
  claim(1e15);
  now = 1_010;
  claim(1e15);
  expect(told).toEqual([1_500, 500, 20]);
  expect(SiteWork.of({ workers: 2 }, { options, now: () => now })).toBeUndefined();
});
