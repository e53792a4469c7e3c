import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCoordinator } from '@manytabs/coordinator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from './cli.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

// What the command says where a token does not allow it, for every action that talks to a grid.

const folder = mkdtempSync(join(tmpdir(), 'manytabs-access-'));
let running: Awaited<ReturnType<typeof startCoordinator>>;
const tokens: Record<string, string> = {};

async function cli(line: string, token: string | undefined) {
  const env = {
    MANYTABS_URL: running.url,
    ...(token === undefined ? {} : { MANYTABS_TOKEN: token }),
  };
  const { terminal, outLines, errLines } = memoryTerminal({ folder, env });
  const code = await runCli(line.split(' '), terminal);
  return { code, outLines, errLines };
}

async function create(args: string): Promise<{ token: string; id: string }> {
  const { outLines } = await cli(`token create --json ${args}`, running.token);
  return JSON.parse(outLines[0] ?? '');
}

beforeAll(async () => {
  running = await startCoordinator({ port: 0, dataDir: join(folder, 'data') });
  writeFileSync(join(folder, 'task.js'), 'export default (n) => n;');
  const [short, gone] = [await create('--scope admin --expires 1s'), await create('--scope admin')];
  await cli(`token revoke ${gone.id}`, running.token);
  tokens.forged = `mt_${'a'.repeat(12)}_${'b'.repeat(32)}`;
  tokens.revoked = gone.token;
  tokens.volunteer = (await create('--scope volunteer')).token;
  tokens.embed = (await create('--scope embed --origin https://a.example')).token;
  tokens.submit = (await create('--scope submit')).token;
  tokens.expired = short.token;
  for (let line = ''; !line.includes('expired'); ) {
    line = (await cli('token list', running.token)).outLines.join();
  }
});

afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

const ID = `j${'a'.repeat(20)}`;
const ACTIONS = [
  ...['jobs', 'ps', 'nodes', 'top --json', 'events', 'run task.js', 'run task.js --detach'],
  ...['job', 'results', 'logs', 'cancel', 'pause', 'resume', 'explain', 'kill'].map(
    (a) => `${a} ${ID}`,
  ),
  ...[
    'token list',
    'token create --scope submit',
    'token revoke aaaaaaaaaaaa',
    'audit',
    'audit --verify',
  ],
];

describe.each(ACTIONS)('[AC12] %s', (action) => {
  test.each([
    ['no', undefined, 'token-missing'],
    ['forged', 'forged', 'token-refused'],
    ['expired', 'expired', 'token-expired'],
    ['revoked', 'revoked', 'token-revoked'],
    ['volunteer', 'volunteer', 'token-refused'],
    ['embed', 'embed', 'token-refused'],
  ])('with %s token exits with 3', async (_what, name, wanted) => {
    const { code, errLines } = await cli(action, name && tokens[name]);
    expect({ code, said: errLines.find((line) => line.startsWith('token-')) }).toEqual({
      code: 3,
      said: expect.stringMatching(new RegExp(`^${wanted}: `)),
    });
  });
});

test('[AC12] the owner’s actions with a token to submit exit with 3', async () => {
  for (const action of [
    'token list',
    'token create --scope admin',
    'token revoke aaaaaaaaaaaa',
    'audit',
  ]) {
    const { code, errLines } = await cli(action, tokens.submit);
    expect({ action, code, said: errLines[0]?.slice(0, 14) }).toEqual({
      action,
      code: 3,
      said: 'token-refused:',
    });
  }
});

test('[AC1] what `token create --json` prints is what scripts read', async () => {
  const made = await create('--scope submit --expires 1h');
  expect(made).toMatchObject({
    token: expect.stringMatching(/^mt_/),
    id: expect.any(String),
    scope: 'submit',
  });
  const { expires } = made as unknown as { expires: string };
  expect(Math.abs(Date.parse(expires) - Date.now() - 3_600_000)).toBeLessThan(60_000);
  const listed = (await cli('token list --json', running.token)).outLines.join('\n');
  expect(listed).toContain(made.id);
  expect(listed).not.toContain(made.token);
});

test('[AC11] `audit --verify` tells that the chain is whole, and since which hash', async () => {
  const first = JSON.parse((await cli('audit --verify --json', running.token)).outLines[0] ?? '');
  expect(first).toMatchObject({ verified: true, wrong: [] });
  await create('--scope submit');
  expect((await cli(`audit --since ${first.head}`, running.token)).code).toBe(0);
  expect((await cli(`audit --since ${'0'.repeat(64)}`, running.token)).code).toBe(1);
});
