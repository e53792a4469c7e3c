import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JobId, submitterMessageSchema, volunteerMessageSchema } from '@manytabs/protocol';
import { Grid } from 'manytabs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, ROADS, roadTo, type Word } from '../test/caller.ts';
import { type RunningCoordinator, startCoordinator } from './start-coordinator.ts';

// Every message there is, said by who may not say it, over each road. A message that is new and stands in no list below
// fails the first test.

let folder: string;
let running: RunningCoordinator;
let owner: Grid;
let theirs: JobId;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'manytabs-matrix-'));
  running = await startCoordinator({ port: 0, dataDir: folder });
  owner = await Grid.connect(running.url, { token: running.token });
  const job = owner.map([1, 2], (n: number) => n, { name: 'of the owner' });
  job.then(undefined, () => undefined);
  await job.submitted;
  theirs = job.id;
  await owner.files.put('/of-the-owner.txt', 'mine', { durability: 'durable' });
});
afterAll(async () => {
  await owner.close();
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

type Said = { readonly type: string; readonly [field: string]: unknown };

const HASH = new Uint8Array(32);
const path = '/of-the-owner.txt';

/** What only the owner and admins may. */
const OWNERS: readonly Said[] = [
  {
    type: 'create-token',
    id: 'a'.repeat(12),
    hash: HASH,
    scope: 'admin',
    name: '',
    origins: [],
    trusted: true,
    quota: {},
  },
  { type: 'list-tokens' },
  { type: 'revoke-token', id: 'a'.repeat(12) },
  { type: 'read-audit', from: 0 },
  { type: 'query', what: 'needed-shards', shards: [] },
];

/** What a job is asked or told, by somebody whose it is not. */
const OF_THE_JOB = (jobId: JobId): readonly Said[] => [
  ...['job', 'spec', 'explain', 'logs', 'disagreements', 'story', 'belief'].map((what) => ({
    ...{ type: 'query', what, jobId, index: 0 },
  })),
  ...['pause', 'resume', 'cancel'].map((action) => ({
    ...{ type: 'control-job', jobId, action, reason: '' },
  })),
  { type: 'watch-job', jobId, after: 0, rows: true },
  { type: 'extend-job', jobId, from: 0, last: true },
];

/** What changes a file that is somebody else's. */
const OF_THE_FILE: readonly Said[] = [
  { type: 'file', op: { op: 'remove', path, recursive: false } },
  { type: 'file', op: { op: 'move', from: path, to: '/taken.txt', replace: true } },
];

/** What every submitter may, for itself; and what ends something of its own link. */
const ANYBODYS = new Set([
  ...['attach', 'put-shard', 'submit', 'space', 'watch-space'],
  ...['unwatch-job', 'rows-taken', 'unwatch-space'],
]);

function typesOf(schema: unknown): string[] {
  const { options } = (
    schema as { def: { options: { shape: { type: { def: { values: string[] } } } }[] } }
  ).def;
  return options.flatMap(({ shape }) => shape.type.def.values);
}

test('[AC2] every message of a submitter stands in one of these lists', () => {
  const listed = [...OWNERS, ...OF_THE_JOB(theirs), ...OF_THE_FILE].map(({ type }) => type);
  const known = new Set([...listed, ...ANYBODYS]);
  expect(typesOf(submitterMessageSchema).filter((type) => !known.has(type))).toEqual([]);
});

async function attached(road: (typeof ROADS)[number], token: string) {
  const caller = await call(await roadTo(running.url, road));
  caller.say({ type: 'attach', token, agent: 'matrix' } as Said);
  await caller.next(({ type }) => type === 'attached');
  let requests = 100;
  return async (said: Said): Promise<Word> => {
    const request = ++requests;
    caller.say({ ...said, request } as Said);
    return caller.next((word) => word.request === request || word.type === 'reject');
  };
}

describe.each(ROADS)('[AC2] over %s', (road) => {
  test('no message but join and attach is heard from a stranger', async () => {
    const types = [...typesOf(submitterMessageSchema), ...typesOf(volunteerMessageSchema)];
    const strange = [...new Set(types)].filter((type) => type !== 'attach' && type !== 'join');
    expect(strange.length).toBeGreaterThan(25);
    const codes = await Promise.all(
      strange.map(async (type) => {
        const caller = await call(await roadTo(running.url, road));
        caller.say({ type, request: 1 } as Said);
        return (await caller.next((word) => word.type === 'reject')).code;
      }),
    );
    expect(new Set(codes)).toEqual(new Set(['frame-unexpected']));
  });

  test('a token to submit does nothing of the owner, to nobody else’s job and nobody else’s file', async () => {
    const { token } = await owner.tokens.create({ scope: 'submit' });
    const ask = await attached(road, token);
    const codes = async (all: readonly Said[]) => {
      const answers: unknown[] = [];
      for (const said of all) answers.push((await ask(said)).code);
      return answers;
    };
    expect(await codes(OWNERS)).toEqual(OWNERS.map(() => 'token-refused'));
    expect(await codes(OF_THE_JOB(theirs))).toEqual(OF_THE_JOB(theirs).map(() => 'job-unknown'));
    expect(await codes(OF_THE_FILE)).toEqual(OF_THE_FILE.map(() => 'not-yours'));
    // An admin's token does them: the codes are for the token, and not for the words.
    const admin = await attached(road, (await owner.tokens.create({ scope: 'admin' })).token);
    const allowed = [...OWNERS.slice(1, 2), OWNERS.at(-1), ...OF_THE_JOB(theirs).slice(0, 2)];
    for (const said of allowed) expect((await admin(said as Said)).type).toBe('answer');
  });
});

// HTTP has no action of its own: it tells what is public, and no token makes it tell more or do anything. On a private
// grid `/api/ice` asks for one ([TR33]).
describe('[AC2] over HTTP', () => {
  const PUBLIC = [
    '/health',
    '/health/live',
    '/health/ready',
    '/api/ice',
    '/api/stats',
    '/api/status',
    '/metrics',
  ];
  const PAGES = ['/', '/safety'];
  const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

  const ask = (path: string, token: string, method = 'GET') =>
    fetch(running.url + path, { method, headers: { Authorization: `Bearer ${token}` } });

  const tokens = async () => {
    const made = await owner.tokens.create({ scope: 'admin' });
    await owner.tokens.revoke(made.id);
    const forged = `mt_${'a'.repeat(12)}_${'b'.repeat(32)}`;
    const { token: submit } = await owner.tokens.create({ scope: 'submit' });
    return ['', forged, made.token, submit, running.token];
  };

  test('every route that there is stands in one of these lists, and only answers', () => {
    const folder = new URL('.', import.meta.url);
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => readFileSync(new URL(path, folder), 'utf8'));
    const routes = sources.flatMap((text) => [
      ...text.matchAll(/\bapp\.(\w+)\(\s*['"`](\/[^'"`]*)/g),
    ]);
    expect(routes.length).toBeGreaterThan(5);
    expect([...new Set(routes.map(([, method]) => method))]).toEqual(['get']);
    const listed = new Set([...PUBLIC, ...PAGES]);
    expect(routes.map(([, , path]) => path).filter((path) => !listed.has(path ?? ''))).toEqual([]);
  });

  test('nothing is changed by any method, whatever token comes with it', async () => {
    for (const token of await tokens()) {
      for (const path of [...PUBLIC, ...PAGES, '/api/jobs', '/api/tokens', `/api/jobs/${theirs}`]) {
        for (const method of WRITES) expect((await ask(path, token, method)).status).toBe(404);
      }
    }
  });

  test('what is told names no job, no file and no token, whatever token comes with it', async () => {
    const secret = new RegExp([theirs, 'of the owner', 'of-the-owner', 'mt_'].join('|'));
    for (const token of await tokens()) {
      for (const path of PUBLIC) {
        const answer = await ask(path, token);
        expect(answer.status).toBe(200);
        expect(await answer.text()).not.toMatch(secret);
      }
    }
  });
});
