import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GridError, type JobId, type PeerId, type Scope } from '@manytabs/protocol';
import { Grid, range } from 'manytabs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { call, joinOf, newVolunteer, ROADS, roadTo } from '../test/caller.ts';
import { type RunningCoordinator, startCoordinator } from './start-coordinator.ts';

// The whole coordinator over its real roads: what each token may do, and what none may.

let folder: string;
let running: RunningCoordinator;
let owner: Grid;
const grids: Grid[] = [];

/** A volunteer that was never here comes by a road; the grid's answer, and its end of the link. */
async function joinBy(road: (typeof ROADS)[number], part: object) {
  const me = newVolunteer();
  const caller = await call(await roadTo(running.url, road, me.peer as PeerId));
  caller.say(joinOf(me, caller.link, caller.nonce, part));
  const answer = await caller.next(({ type }) => type === 'welcome' || type === 'reject');
  return { answer: answer.code ?? answer.type, caller };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'manytabs-access-'));
  running = await startCoordinator({ port: 0, dataDir: folder });
  owner = await Grid.connect(running.url, { token: running.token });
});

afterAll(async () => {
  for (const grid of [owner, ...grids]) await grid.close();
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

async function token(scope: Scope, part: object = {}): Promise<string> {
  const origins = scope === 'embed' ? ['https://site.example'] : [];
  return (await owner.tokens.create({ scope, origins, ...part })).token;
}

async function expired(): Promise<string> {
  const expires = new Date(Date.now() + 300);
  const { id, token: text } = await owner.tokens.create({ scope: 'admin', expires });
  await vi.waitFor(async () => {
    const known = await owner.tokens.list();
    expect(known.find((one) => one.id === id)?.state).toBe('expired');
  });
  return text;
}

async function revoked(): Promise<string> {
  const { token: text, id } = await owner.tokens.create({ scope: 'admin' });
  await owner.tokens.revoke(id);
  return text;
}

/** Each wrong token, how it comes about, and the code that it meets. */
const WRONG: readonly [string, () => Promise<string>, string][] = [
  ['no', async () => '', 'token-missing'],
  ['a forged', async () => `mt_${'a'.repeat(12)}_${'b'.repeat(32)}`, 'token-refused'],
  ['a mangled', async () => `${await token('admin')}x`, 'token-refused'],
  ['an expired', expired, 'token-expired'],
  ['a revoked', revoked, 'token-revoked'],
];

async function attach(road: (typeof ROADS)[number], text: string): Promise<Grid> {
  const grid = await Grid.over([await roadTo(running.url, road)], { token: text });
  grids.push(grid);
  return grid;
}

const NOBODYS = `j${'a'.repeat(20)}` as JobId;
const ACTIONS: readonly { type: string; [field: string]: unknown }[] = [
  { type: 'query', what: 'jobs' },
  { type: 'query', what: 'nodes' },
  { type: 'query', what: 'job', jobId: NOBODYS },
  { type: 'control-job', jobId: NOBODYS, action: 'cancel', reason: '' },
  { type: 'watch-job', jobId: NOBODYS, after: 0, rows: true },
  { type: 'extend-job', jobId: NOBODYS, from: 0, last: true },
  { type: 'list-tokens' },
  { type: 'revoke-token', id: 'a'.repeat(12) },
  { type: 'read-audit', from: 0 },
];

describe.each(ROADS)('[AC2] over %s', (road) => {
  test.each(WRONG)('%s token attaches nobody', async (_what, make, code) => {
    await expect(attach(road, await make())).rejects.toMatchObject({ code });
  });

  test.each(['volunteer', 'embed'] as const)('a token to %s attaches nobody', async (scope) => {
    const refused = attach(road, await token(scope));
    await expect(refused).rejects.toMatchObject({ code: 'token-refused' });
  });

  test.each(ACTIONS)('$type $what is nothing that a stranger may begin with', async (action) => {
    const caller = await call(await roadTo(running.url, road));
    caller.say({ ...action, request: 1 } as never);
    const { code } = await caller.next(({ type }) => type === 'reject');
    expect(code).toBe('frame-unexpected');
  });

  test('a token to submit orders nothing of the owner', async () => {
    const grid = await attach(road, await token('submit'));
    const orders = [
      () => grid.tokens.create({ scope: 'admin' }),
      () => grid.tokens.list(),
      () => grid.tokens.revoke('a'.repeat(12)),
      async () => {
        for await (const _ of grid.audit()) return;
      },
    ];
    for (const order of orders)
      await expect(order()).rejects.toMatchObject({ code: 'token-refused' });
  });

  test('[AC4] a token neither shows nor stops what another submitted; an admin does both', async () => {
    const [mine, other] = [
      await attach(road, await token('submit')),
      await attach(road, await token('submit')),
    ];
    const job = mine.map([1, 2], (n: number) => n, { name: 'secret' });
    await job.submitted;
    const theirs = other.job(job.id);
    const tries = [
      () => theirs.cancel('no'),
      () => theirs.pause(),
      () => theirs.explain(),
      () => theirs.logs(),
      async () => {
        for await (const _ of theirs.results()) return;
      },
    ];
    for (const attempt of tries)
      await expect(attempt()).rejects.toMatchObject({ code: 'job-unknown' });
    expect(await other.jobs()).toEqual([]);
    expect((await mine.jobs()).map(({ name }) => name)).toEqual(['secret']);
    const admin = await attach(road, await token('admin'));
    expect((await admin.jobs()).map(({ jobId }) => jobId)).toContain(job.id);
    await admin.job(job.id).cancel('tidying');
    await expect(job).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('[AC3] a token that is revoked closes its links at once', async () => {
    const { token: text, id } = await owner.tokens.create({ scope: 'submit' });
    const grid = await attach(road, text);
    const job = grid.map([1], (n: number) => n);
    await job.submitted;
    const closed = new Promise<void>((resolve) => {
      grid.on('state', (state) => state === 'closed' && resolve());
    });
    await owner.tokens.revoke(id);
    await closed;
    await expect(grid.jobs()).rejects.toBeInstanceOf(GridError);
    expect((await owner.jobs()).find(({ jobId }) => jobId === job.id)?.state).toBe('running');
    await owner.job(job.id).cancel('tidying');
  });

  const volunteer = (part: object) => joinBy(road, part);

  test.each(WRONG.slice(1))('%s token lets no volunteer in', async (_what, make, code) => {
    expect((await volunteer({ token: await make() })).answer).toBe(code);
  });

  test('volunteers need none, and those of another kind let none in', async () => {
    expect((await volunteer({})).answer).toBe('welcome');
    expect((await volunteer({ token: await token('volunteer') })).answer).toBe('welcome');
    expect((await volunteer({ token: await token('submit') })).answer).toBe('token-refused');
    expect((await volunteer({ token: await token('embed') })).answer).toBe('token-refused');
  });

  test('[AC7] a site key lets in from the pages of its site, until it is revoked', async () => {
    const { token: site, id } = await owner.tokens.create({
      scope: 'embed',
      origins: ['https://a.example'],
    });
    expect((await volunteer({ site })).answer).toBe('origin-refused');
    expect((await volunteer({ site, siteOrigin: 'https://b.example' })).answer).toBe(
      'origin-refused',
    );
    const { answer, caller } = await volunteer({ site, siteOrigin: 'https://a.example' });
    expect(answer).toBe('welcome');
    await owner.tokens.revoke(id);
    expect((await caller.next(({ type }) => type === 'reject')).code).toBe('token-revoked');
  });
});

describe('over HTTP', () => {
  function ask(path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
    return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
      (resolve, reject) => {
        const sent = request(new URL(path, running.url), options, (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (text) => {
            body += text;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
          );
        });
        sent.on('error', reject).end();
      },
    );
  }

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('[AC2] %s changes nothing', async (method) => {
    for (const path of ['/api/status', '/api/jobs', '/api/tokens', '/']) {
      expect((await ask(path, { method })).status).toBe(404);
    }
  });

  test('[AC2] what is public counts and names nothing', async () => {
    const job = owner.map([1], (n: number) => n, { name: 'a secret name' });
    await job.submitted;
    for (const path of ['/api/status', '/metrics', '/health']) {
      const { status, body } = await ask(path);
      expect(status).toBe(200);
      expect(body).not.toMatch(/secret name|mt_|j[a-z2-7]{20}/);
    }
    await job.cancel('tidying').catch(() => {});
  });

  test.each([
    ['[AC8] another name', { Host: 'evil.example' }, 'GET', 421],
    ['[AC9] another site', { Origin: 'https://evil.example' }, 'POST', 403],
  ])('%s is turned away', async (_what, headers, method, status) => {
    const answer = await ask('/api/status', { method, headers });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'origin-refused' } });
  });

  test.each(['/relay', '/peerjs?key=peerjs&id=a&token=b'])(
    '[AC9] another site opens no %s',
    async (path) => {
      const upgrade = {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      };
      const foreign = await ask(path, { headers: { ...upgrade, Origin: 'https://evil.example' } });
      expect(foreign.status).toBe(403);
      const rebound = await ask(path, {
        headers: { ...upgrade, Host: 'evil.example', Origin: 'http://evil.example' },
      });
      expect(rebound.status).toBe(421);
    },
  );

  test('[AC7] the widget’s frame opens for the sites of its key and no others', async () => {
    const { token: key, id } = await owner.tokens.create({
      scope: 'embed',
      origins: ['https://a.example', 'https://b.example'],
    });
    const ancestors = async (path: string) => {
      const { status, headers } = await ask(path);
      const policy = String(headers['content-security-policy']);
      return { status, allowed: /frame-ancestors ([^;]*)/.exec(policy)?.[1] };
    };
    const framed = await ancestors(`/embed.html?sitekey=${key}`);
    expect(framed.allowed).toBe('https://a.example https://b.example');
    expect(framed.status).not.toBe(403);
    const none = { status: 403, allowed: "'none'" };
    expect(await ancestors('/embed.html')).toEqual(none);
    expect(await ancestors(`/embed.html?sitekey=${await token('admin')}`)).toEqual(none);
    await owner.tokens.revoke(id);
    expect(await ancestors(`/embed.html?sitekey=${key}`)).toEqual(none);
  });

  test('[EM22] the owner sees what came of a site key: shown, allowed, given, and refused for what', async () => {
    const origins = ['https://a.example'];
    const { token: site, id } = await owner.tokens.create({ scope: 'embed', origins });
    const use = async () => (await owner.tokens.list()).find((view) => view.id === id)?.use;
    expect(await use()).toBeUndefined();
    for (const from of ['https://a.example/', 'https://a.example/', 'https://thief.example/'])
      await ask(`/embed.html?sitekey=${site}`, { headers: { Referer: from } });
    for (const siteOrigin of ['https://a.example', 'https://thief.example'])
      await joinBy('websocket', { site, siteOrigin });
    expect(await use()).toMatchObject({
      ...{ shown: 2, allowed: 1, failed: 0, busyMs: 0 },
      refused: { 'origin-refused': 2 },
    });
  });

  test('[AC10] every answer is guarded', async () => {
    for (const path of ['/', '/console/', '/api/status', '/nothing-here']) {
      const { headers } = await ask(path);
      expect(headers['content-security-policy']).toMatch(
        /default-src 'none'.*frame-ancestors 'none'/,
      );
      expect(headers['content-security-policy']).not.toMatch(/unsafe/);
      const { host } = new URL(running.url);
      expect(headers['content-security-policy']).toContain(`frame-src ${host}/sandbox.html;`);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'x-frame-options': 'DENY',
      });
      expect(headers['permissions-policy']).toMatch(/camera=\(\)/);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

test('[AC11] what the owner did is in the audit log', async () => {
  const { id } = await owner.tokens.create({ scope: 'submit', name: 'for the audit' });
  await owner.tokens.revoke(id);
  const about: string[] = [];
  for await (const { actor, action, subject } of owner.audit()) {
    if (subject === id) about.push(`${actor} ${action}`);
  }
  expect(about).toEqual(['owner token-created', 'owner token-revoked']);
});

test('[AC5] over its quota a token is refused', async () => {
  const grid = await attach(
    'websocket',
    await token('submit', { quota: { jobs: 1, tasks: 10, bytes: 2_000 } }),
  );
  const wide = grid.map(range(0, 11), (n: number) => n);
  await expect(wide.submitted).rejects.toMatchObject({ code: 'quota-exceeded' });
  const first = grid.map([1], (n: number) => n);
  await first.submitted;
  const second = grid.map([1], (n: number) => n);
  await expect(second.submitted).rejects.toMatchObject({ code: 'quota-exceeded' });
  await first.cancel('tidying');
});

test('[TR33] a private grid tells its TURN credentials to who has a token', async () => {
  const data = mkdtempSync(join(tmpdir(), 'manytabs-private-'));
  const iceServers = ['turn:127.0.0.1:1,ann,secret'];
  const grid = await startCoordinator({ port: 0, dataDir: data, isPrivate: true, iceServers });
  try {
    const ask = (token: string) =>
      fetch(`${grid.url}/api/ice`, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
    const refused = await ask('');
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: { code: 'token-missing' } });
    expect((await ask('mt_wrong')).status).toBe(403);
    const told = await ask(grid.token);
    expect(await told.json()).toMatchObject({ iceServers: [{ username: 'ann' }] });
    expect(told.headers.get('cache-control')).toBe('no-store');
  } finally {
    await grid.close();
    rmSync(data, { recursive: true, force: true });
  }
});

test('[AC6] a private grid lets in whoever holds its invitation, and believes them no more for it', async () => {
  const data = mkdtempSync(join(tmpdir(), 'manytabs-private-'));
  const grid = await startCoordinator({ port: 0, dataDir: data, isPrivate: true });
  try {
    const ask = async (part: object) => {
      const me = newVolunteer();
      const caller = await call(await roadTo(grid.url, 'websocket', me.peer));
      caller.say(joinOf(me, caller.link, caller.nonce, part));
      const { type, code } = await caller.next(
        ({ type }) => type === 'welcome' || type === 'reject',
      );
      return code ?? type;
    };
    expect(await ask({})).toBe('token-missing');
    const invitation = new URLSearchParams(new URL(grid.volunteerUrl).hash.slice(1)).get('token');
    expect(await ask({ token: invitation })).toBe('welcome');
    const mine = await Grid.connect(grid.url, { token: grid.token });
    expect(await mine.tokens.list()).toMatchObject([{ scope: 'volunteer', trusted: false }]);
    await mine.close();
    const status = await (await fetch(`${grid.url}/api/status`)).json();
    expect(status).toMatchObject({ private: true });
  } finally {
    await grid.close();
    rmSync(data, { recursive: true, force: true });
  }
});
