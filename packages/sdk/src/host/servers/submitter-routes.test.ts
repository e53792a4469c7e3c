import type { JobId, SubmitterMessage } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import type { Channel } from './channel.ts';
import type { Servers } from './servers.ts';
import { SubmitterRoutes } from './submitter-routes.ts';

const JOB = 'jaaaaaaaaaaaaaaaaaaaa' as JobId;

test('[SV31] what follows a submission goes where that went, although the job is not written down yet', async () => {
  const sent: [number, number][] = [];
  const servers = {
    epoch: 1,
    ownerOfJob: async () => undefined,
    ownerOfFiles: async () => 1,
    place: () => 2,
    open: (epoch: number) => ({
      send: (_lane: string, frame: Uint8Array) => sent.push([epoch, frame.length]),
      onMessage: () => {},
      onClose: () => {},
      close: () => {},
    }),
  } as unknown as Servers & { open(epoch: number): Channel };
  const routes = new SubmitterRoutes(servers, {
    grant: { scope: 'admin', owner: 'owner' },
    pass: () => {},
    relink: () => {},
  });
  const spec = { program: { files: [] } };
  const submit = { type: 'submit', request: 1, jobId: JOB, spec } as unknown as SubmitterMessage;
  const extend = { type: 'extend-job', request: 2, jobId: JOB, from: 0, last: true } as const;
  expect(await routes.forward(submit)).toBe(true);
  expect(await routes.forward(extend)).toBe(true);
  expect(await routes.forward({ ...extend, jobId: 'jbbbbbbbbbbbbbbbbbbbb' as JobId })).toBe(false);
  expect(sent.map(([epoch]) => epoch)).toEqual([2, 2]);
});
