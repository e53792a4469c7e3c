import { ERROR_CODES } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { runCli } from './cli.ts';
import { exitCodeOfError, exitCodeOfJob } from './exit-code.ts';
import { alignTable } from './table.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

async function cli(line: string, options: Parameters<typeof memoryTerminal>[0] = {}) {
  const { terminal, outLines, errLines } = memoryTerminal(options);
  const code = await runCli(line.split(' ').filter(Boolean), terminal);
  return { code, outLines, errLines };
}

test.each([
  'frob',
  'run',
  'run task.js --priority 10',
  'run task.js --quorum two',
  'run task.js --trust blind',
  'run task.js --args {',
  'run task.js --unknown',
  'up --port 70000',
  'up --database mysql://x/y',
  'volunteer --fault lazy',
  'volunteer --tabs 0',
  'token create',
  'token create --scope root',
  'token create --scope embed',
  'token create --scope submit --expires yesterday',
  'token create --scope submit --expires 2001-01-01',
  'token revoke',
  'token mint',
  'audit --since abc',
  'up --allow-origin example.org',
])('[UI72] `manytabs %s` is wrong use', async (line) => {
  const { code, outLines, errLines } = await cli(line, {
    folder: scratchFolder({ 'task.js': 'export default (n) => n;' }),
  });
  expect(code).toBe(2);
  expect(outLines).toEqual([]);
  expect(errLines[0]).toMatch(/^usage: /);
});

test('[UI71] an error prints its code, what happened and what to do next', async () => {
  const { code, outLines, errLines } = await cli('run gone.ts --json', { folder: scratchFolder() });
  expect(errLines).toEqual(['file-missing: There is no file gone.ts.', 'Check the path.']);
  expect(outLines.map((line) => JSON.parse(line))).toEqual([
    {
      error: {
        code: 'file-missing',
        message: 'There is no file gone.ts.',
        hint: 'Check the path.',
      },
    },
  ]);
  expect(code).toBe(2);
});

test('[UI72] a command without a grid to talk to cannot reach it', async () => {
  for (const line of ['jobs', 'ps --json', 'cancel jx', 'nodes', 'top']) {
    expect(await cli(line, { folder: scratchFolder() })).toMatchObject({ code: 4 });
  }
  const { code, errLines } = await cli('jobs --url http://127.0.0.1:9', {
    folder: scratchFolder(),
  });
  expect(code).toBe(4);
  expect(errLines[0]).toMatch(/^unreachable: /);
});

test('[UI72] every code and every end of a job has its exit code', () => {
  const codes = new Set(ERROR_CODES.map(exitCodeOfError));
  expect([...codes].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 130]);
  expect(exitCodeOfError('token-refused')).toBe(3);
  expect(exitCodeOfError('too-many-errors')).toBe(1);
  const states = ['done', 'partial', 'failed', 'cancelled'] as const;
  expect(states.map(exitCodeOfJob)).toEqual([0, 5, 1, 130]);
});

test('[UI70] help is data', async () => {
  for (const line of ['', '--help', 'run --help', 'help run']) {
    const { code, outLines, errLines } = await cli(line);
    expect(code).toBe(0);
    expect(outLines.join('\n')).toContain('Usage: manytabs');
    expect(errLines).toEqual([]);
  }
});

test('[UI87] tables line up and let no control character through', () => {
  expect(
    alignTable(
      ['ID', 'N', 'NAME'],
      [
        ['a', 10, 'x\u001b[2J\ny'],
        ['bcd', 7, 'z'],
      ],
    ),
  ).toEqual(['ID    N  NAME', 'a    10  x [2J y', 'bcd   7  z']);
});
