import { expect, test } from 'vitest';
import * as form from './job-form.ts';

type JobDraft = form.JobDraft;
const { EMPTY_DRAFT } = form;
const FILES = {
  async *inputs(path: string) {
    yield { path, bytes: 1, version: 1, contentType: 'text/plain' };
  },
};
const submissionOf = (draft: JobDraft) => form.submissionOf(draft, FILES);

test('[UI26] files of the grid are inputs, by path or pattern', async () => {
  const { inputs } = submissionOf({ ...EMPTY_DRAFT, inputs: 'grid', paths: '/a b\n\n/in/*\n' });
  const paths: unknown[] = [];
  for await (const input of inputs) paths.push(input);
  expect(paths).toMatchObject([{ path: '/a b' }, { path: '/in/*' }]);
  expect(refusal({ inputs: 'grid', paths: ' ' })).toMatchObject({ field: 'paths' });
  expect(refusal({ inputs: 'grid', paths: '/a\nb' })).toMatchObject({ field: 'paths' });
});

function refusal(part: Partial<JobDraft>): unknown {
  try {
    submissionOf({ ...EMPTY_DRAFT, ...part });
  } catch (thrown) {
    return thrown;
  }
  return 'accepted';
}

test('[UI15] the form as it opens is a job', () => {
  const { inputs, task, options } = submissionOf(EMPTY_DRAFT);
  expect(inputs).toMatchObject({ kind: 'range', from: 0, to: 1_000 });
  expect(task).toMatchObject({ kind: 'js', export: 'default' });
  expect(options).toEqual({
    trust: 'standard',
    name: 'Untitled job',
    priority: 5,
    timeout: 60_000,
    retries: 3,
    args: undefined,
  });
});

test('[UI15] a Python script and a WASI command are tasks', () => {
  const { task } = submissionOf({ ...EMPTY_DRAFT, language: 'python', exportName: '' });
  expect(task).toMatchObject({ kind: 'python', export: 'main' });
  const wasm = { name: 'a.wasm', bytes: new Uint8Array([1]) };
  const draft = { ...EMPTY_DRAFT, language: 'wasm', wasm, exportName: '_start' } as const;
  expect(submissionOf(draft).task).toMatchObject({ kind: 'wasi', export: '_start' });
  expect(refusal({ language: 'python', script: ' ' })).toMatchObject({ field: 'script' });
});

test('[UI15] a number of votes takes the place of a named trust', () => {
  const { options } = submissionOf({ ...EMPTY_DRAFT, trust: 'quorum', quorum: '3' });
  expect(options).toMatchObject({ quorum: 3 });
  expect(options).not.toHaveProperty('trust');
});

test('[UI15] a determinism goes along, and is refused at its field where it does not fit', () => {
  const { options } = submissionOf({ ...EMPTY_DRAFT, determinism: 'strict-js' });
  expect(options).toMatchObject({ determinism: 'strict-js' });
  expect(refusal({ determinism: 'strict-wasm' })).toMatchObject({ field: 'determinism' });
});

test('[UI15] lists, files, arguments and WASM go along as they are', () => {
  const list = submissionOf({ ...EMPTY_DRAFT, inputs: 'list', list: '1\n{"a":2}', args: '[1]' });
  expect(list.inputs).toEqual([1, { a: 2 }]);
  expect(list.options.args).toEqual([1]);
  const bytes = new Uint8Array([1]);
  const rows = [{ n: '1' }];
  const draft: JobDraft = {
    ...EMPTY_DRAFT,
    inputs: 'file',
    file: { name: 'a.csv', rows },
    language: 'wasm',
    wasm: { name: 'a.wasm', bytes },
    exportName: 'go',
  };
  expect(submissionOf(draft)).toMatchObject({
    inputs: rows,
    task: { kind: 'wasm', bytes, export: 'go' },
  });
});

test.each<[Partial<JobDraft>, string]>([
  [{ from: 'x' }, 'from'],
  [{ from: '1.5' }, 'from'],
  [{ from: '5', to: '5' }, 'to'],
  [{ to: '1e300' }, 'to'],
  [{ to: String(2 ** 41) }, 'to'],
  [{ inputs: 'list', list: ' \n' }, 'list'],
  [{ inputs: 'file' }, 'file'],
  [{ language: 'wasm' }, 'wasm'],
  [{ source: ' ' }, 'source'],
  [{ name: 'x'.repeat(201) }, 'name'],
  [{ priority: '10' }, 'priority'],
  [{ retries: '-1' }, 'retries'],
  [{ timeoutSeconds: '0' }, 'timeoutSeconds'],
  [{ timeoutSeconds: 'NaN' }, 'timeoutSeconds'],
  [{ timeoutSeconds: '3601' }, 'timeoutSeconds'],
  [{ trust: 'quorum', quorum: '65' }, 'quorum'],
  [{ args: '{' }, 'args'],
])('[UI16] what cannot be sent is refused at its field: %j', (part, field) => {
  expect(refusal(part)).toMatchObject({ code: 'spec-invalid', field });
});

test('[UI16] a bad line of the list is named', () => {
  expect(refusal({ inputs: 'list', list: '1\nx' })).toMatchObject({
    code: 'input-invalid',
    details: { line: 2 },
  });
});

test('[UI227] a grid of parameters is inputs, and an empty one is refused at its field', () => {
  const { inputs } = submissionOf({ ...EMPTY_DRAFT, inputs: 'params' });
  expect(inputs).toHaveLength(18);
  expect(refusal({ inputs: 'params', params: '\n' })).toMatchObject({ field: 'params' });
});
