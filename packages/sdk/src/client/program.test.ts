import './installed-check.ts';
import { type Determinism, GridError } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import type { ShardBytes } from '../shard-bytes.ts';
import type { MapOptions, Task } from './api.ts';
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

const WASM = [0, 97, 115, 109, 1, 0, 0, 0];
/** (import "env" "steal" (func)) (func (export "run") call 0) */
const IMPORTING = [
  ...WASM,
  ...[1, 4, 1, 96, 0, 0, 2, 13, 1, 3, 101, 110, 118, 5, 115, 116, 101, 97, 108, 0, 0],
  ...[3, 2, 1, 0, 7, 7, 1, 3, 114, 117, 110, 0, 1, 10, 6, 1, 4, 0, 16, 0, 11],
];
/** (memory 65536) (func (export "run") (result i32) i32.const 1) */
const LARGE = [
  ...WASM,
  ...[1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 5, 5, 1, 0, 128, 128, 4],
  ...[7, 7, 1, 3, 114, 117, 110, 0, 0, 10, 6, 1, 4, 0, 65, 1, 11],
];

test.each([
  ['an import that no volunteer has', IMPORTING, 'wasm-invalid', 'env.steal'],
  ['more memory than a volunteer gives', LARGE, 'wasm-invalid', '4096 MiB'],
  ['bytes that are no module', [1, 2, 3], 'wasm-invalid', 'not a WASM module'],
])('[SU87] a module with %s is refused at once', (_, bytes, code, text) => {
  const module = wasm(Uint8Array.from(bytes), { export: 'run' });
  const submit = () => describeJob(range(3), module, {}, new Map());
  expect(submit).toThrow(expect.objectContaining({ code }));
  expect(submit).toThrow(text);
});

describe('a job that checks results', () => {
  const specOf = (task: Task<number, unknown>, options: MapOptions) => {
    const shards: ShardBytes = new Map();
    const spec = describeJob(range(3), task, options, shards);
    const source = new TextDecoder().decode(shards.get(spec.program.module.code.shard));
    return { spec, source };
  };
  const module = (source: string) => ({ kind: 'js', source, export: 'default' }) as const;

  test('[VA35] takes its function along, and a tier', () => {
    const verify = (n: number, root: number) => Math.abs(root * root - n) < 1e-9;
    const { spec, source } = specOf((n) => Math.sqrt(n), { verify });
    expect(spec).toMatchObject({
      tier: 'standard',
      program: { check: { kind: 'verify', export: 'check' } },
    });
    expect(source).toContain('export const check = (');
    expect(specOf((n) => n, { verify, trust: 'strict' }).spec.tier).toBe('strict');
  });

  test('[VA35] names an export of a module, or compares by one', () => {
    const both = module('export default (n) => n; export const equal = (a, b) => a === b;');
    const { spec } = specOf(both, { compare: { equal: 'equal' } });
    expect(spec.program.check).toEqual({ kind: 'equal', export: 'equal' });
    expect(spec.compare).toBeUndefined();
  });

  test.each<[string, Task<number, unknown>, MapOptions, string]>([
    ['no tier', (n) => n, { verify: () => true, trust: 'none' }, 'spec-invalid'],
    ['a quorum', (n) => n, { verify: () => true, quorum: 2 }, 'spec-invalid'],
    ['a comparison too', (n) => n, { verify: () => true, compare: 'set' }, 'spec-invalid'],
    ['a name beside a function', (n) => n, { verify: 'verify' }, 'spec-invalid'],
    [
      'a function beside a module',
      module('export default 1'),
      { verify: () => true },
      'spec-invalid',
    ],
    ['no such export', module('export default (n) => n;'), { verify: 'verify' }, 'export-missing'],
    [
      'a module of another kind',
      wasm(Uint8Array.from(WASM), { export: 'run' }),
      { verify: 'verify' },
      'spec-invalid',
    ],
  ])('[VA35] is refused with %s', (_, task, options, code) => {
    expect(() => specOf(task, options)).toThrow(expect.objectContaining({ code }));
  });

  test('[VA35] is refused where its function takes names from outside', () => {
    const outside = 3;
    const verify = (_n: number, result: number) => result === outside;
    expect(() => specOf((n) => n, { verify })).toThrow(
      expect.objectContaining({ code: 'free-variable' }),
    );
  });
});
