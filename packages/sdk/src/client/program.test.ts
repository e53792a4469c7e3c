import { type Determinism, GridError } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import type { ShardBytes } from '../shard-bytes.ts';
import type { Task } from './api.ts';
import { range } from './inputs.ts';
import { wasm } from './modules.ts';
import { describe as describeJob } from './program.ts';

function codeOf(task: Task<number, unknown>, determinism: Determinism): string {
  const shards: ShardBytes = new Map();
  try {
    const { program } = describeJob(range(3), task, { determinism }, shards);
    return new TextDecoder().decode(shards.get(program.module.code.shard));
  } catch (thrown) {
    return thrown instanceof GridError ? thrown.code : String(thrown);
  }
}

test('[SU41] determinism is of the kind of the task', () => {
  expect(codeOf((n) => n, 'strict-wasm')).toBe('spec-invalid');
  expect(codeOf(wasm(new Uint8Array(8), { export: 'run' }), 'strict-js')).toBe('spec-invalid');
  expect(codeOf((n) => n, 'strict-js')).toContain('(n) => n');
});

test('[SU40] powers stay operators where votes are among equal engines', () => {
  const task = { kind: 'js', source: 'export default (n) => n ** 2;', export: 'default' } as const;
  expect(codeOf(task, 'class')).toBe(task.source);
  expect(codeOf(task, 'tolerant')).toContain('power(n, 2)');
});
