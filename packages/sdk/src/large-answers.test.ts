import { base32, LIMITS, type PeerId, sessionId, volunteerId } from '@manytabs/protocol';
import { MemoryKeyValue } from '@manytabs/storage';
import { afterEach, expect, test, vi } from 'vitest';
import { MemoryGrid } from '../test/memory-grid.ts';
import { AuditLog } from './access/audit-log.ts';
import { encodeRecord as encodeToken } from './access/token-record.ts';
import { Tokens } from './access/tokens.ts';

// Lists as long as a grid may have them, over a real link: whoever asks gets all of it, in answers that fit.

vi.setConfig({ testTimeout: 120_000 });

const open: MemoryGrid[] = [];

afterEach(async () => {
  for (const grid of open.splice(0)) await grid.close();
});

function gridOver(options: ConstructorParameters<typeof MemoryGrid>[0]): MemoryGrid {
  const grid = new MemoryGrid(options);
  open.push(grid);
  return grid;
}

const bytesOf = (n: number) => Uint8Array.from([n >> 16, (n >> 8) & 255, n & 255, ...Array(29)]);

test('[CO280] 10,000 volunteers are listed, each once, by who asks for them', async () => {
  const world = gridOver({});
  const asker = await world.submitter();
  for (let n = 1; n <= 10_000; n++) {
    const volunteer = volunteerId(bytesOf(n));
    world.host.step({
      type: 'volunteer-joined',
      at: world.host.now(),
      session: sessionId(1_000_000 + n),
      volunteer,
      peer: volunteer as string as PeerId,
      workers: 4,
      agent: 'a browser of some name '.repeat(5),
      road: 'memory',
      trusted: false,
    });
  }
  const nodes = await asker.nodes();
  expect(new Set(nodes.map(({ volunteer }) => volunteer)).size).toBe(10_000);
  expect(nodes).toHaveLength(10_000);
});

test('[CO280] 10,000 tokens are listed, with all that a token can say, in the order they were made', async () => {
  const store = new MemoryKeyValue();
  const origins = Array.from(
    { length: 16 },
    (_, n) => `https://a-site-of-some-length-${n}.example`,
  );
  for (let n = 0; n < LIMITS.TOKENS_MAX; n++) {
    const id = base32(bytesOf((n * 7919) % 10_007).slice(0, 8), 12);
    const quota = { jobs: 1, tasks: 2, bytes: 3, files: 4, stored: 5 };
    const times = { createdAt: n, expiresAt: null, revokedAt: null };
    const rest = { scope: 'submit', name: `token ${n}`, trusted: true } as const;
    const record = { id, hash: bytesOf(n), origins, quota, ...rest, ...times };
    await store.put(`token/${id}`, encodeToken(record), { expected: 0 });
  }
  const tokens = await Tokens.open({ store, clock: Date.now, ownerToken: 'mine' });
  const world = gridOver({ access: { tokens, audit: new AuditLog(store, Date.now) } });
  const listed = await (await world.submitter()).tokens.list();
  expect(listed.map(({ createdAt }) => createdAt)).toEqual(
    Array.from({ length: LIMITS.TOKENS_MAX }, (_, n) => n),
  );
  tokens.close();
});

test('[CO280] 100,000 names are listed', async () => {
  const keyValue = new MemoryKeyValue();
  const world = gridOver({ keyValue });
  const grid = await world.submitter();
  await grid.files.put('/in/model', 'x');
  const [entry] = (await keyValue.list('')).filter(({ key }) => key.includes('model'));
  const folder = entry?.key.slice(0, entry.key.indexOf('model')) ?? '';
  for (let n = 0; n < 100_000; n++) {
    await keyValue.put(`${folder}file-${n}`, entry?.value ?? bytesOf(n), { expected: 0 });
  }
  const paths = new Set<string>();
  for await (const { path } of grid.files.list('/in')) paths.add(path);
  expect(paths.size).toBe(100_001);
});

test('[CO281] of ten thousand jobs that wait only those that changed are sent again', async () => {
  const world = gridOver({});
  const grid = await world.submitter();
  const JOBS = 10_000;
  for (let n = 0; n < JOBS; n += 500) {
    const some = Array.from({ length: 500 }, () => grid.map([1], (x) => x));
    for (const job of some) job.then(undefined, () => undefined); // they end with the grid
    await Promise.all(some.map((job) => job.submitted));
  }
  const all = await grid.jobs({ feed: 1 });
  expect(all).toHaveLength(JOBS);
  expect(await grid.jobs({ feed: 1 })).toEqual([]);
  const changing = [all[5_000], all[9_999]].flatMap((job) => (job ? [job.jobId] : []));
  await Promise.all(changing.map((id) => grid.job(id).cancel()));
  const changed = await grid.jobs({ feed: 1 });
  expect(changed.map(({ jobId, state }) => [jobId, state])).toEqual(
    changing.map((id) => [id, 'cancelled']),
  );
  expect(await grid.jobs({ feed: 2 })).toHaveLength(JOBS);
});

test('[WI25] an answer that is larger than a message may be is refused with a code, and the link goes on', async () => {
  const world = gridOver({});
  const grid = await world.submitter();
  const { machine } = world.host;
  const logs = Array.from({ length: 200_000 }, () => ({
    at: 1,
    index: 1,
    volunteer: 'v',
    text: '',
  }));
  vi.spyOn(machine, 'logs').mockReturnValue(logs as never);
  const job = grid.map([1], (x) => x);
  job.then(undefined, () => undefined); // it ends with the grid
  await job.submitted;
  await expect(job.logs()).rejects.toMatchObject({ code: 'answer-too-large' });
  expect(await grid.status()).toMatchObject({ jobs: 1 });
});
