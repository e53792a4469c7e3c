import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from './cli.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

async function scriptFor(shell: string): Promise<{ code: number; text: string }> {
  const { terminal, outLines } = memoryTerminal({});
  const code = await runCli(['completion', shell], terminal);
  return { code, text: outLines.join('\n') };
}

test('[UI170] bash completes commands, and options of the command that stands there', async () => {
  const path = join(scratchFolder(), 'completion.bash');
  writeFileSync(path, (await scriptFor('bash')).text);
  const complete = (...words: string[]) => {
    const list = words.map((word) => `'${word}'`).join(' ');
    const script = `source ${path}; COMP_WORDS=(manytabs ${list}); COMP_CWORD=${words.length}; _manytabs; echo "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim();
  };
  expect(complete('expl')).toBe('explain');
  expect(complete('run', '--ded')).toBe('');
  expect(complete('run', '--dead')).toBe('--deadline');
});

test('[UI170] zsh and fish have theirs, and another shell is refused by name', async () => {
  expect((await scriptFor('zsh')).text).toContain("'run:");
  expect((await scriptFor('fish')).text).toContain('-l deadline');
  expect((await scriptFor('tcsh')).code).toBe(2);
});
