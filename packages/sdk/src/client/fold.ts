import { GridError } from '@manytabs/protocol';
import type { Job, Single } from './api.ts';
import { functionSource } from './program.ts';

/** Folds the values in order, here. */
export async function foldHere<A, O>(
  job: Job<O>,
  fn: (a: A, value: O) => A,
  init: A | undefined,
  signal: AbortSignal | undefined,
): Promise<A> {
  let folded = init;
  let count = 0;
  for await (const row of job.results({ ordered: true, signal })) {
    if (row.status === 'rejected') throw row.error;
    // Without a first value, the first one is it: then A is O.
    folded =
      count++ === 0 && init === undefined ? (row.value as never) : fn(folded as A, row.value);
  }
  if (count === 0 && init === undefined) {
    throw new GridError('input-empty', 'Nothing is to be reduced, and no first value was given.');
  }
  return folded as A;
}

/** A task over `[level, value, …]`: the first level folds values, those above it what came of that. */
export function treeSource<A, O>(
  fn: (a: A, value: O) => A,
  combine: ((a: A, b: A) => A) | undefined,
  hasInit: boolean,
): string {
  const start = hasInit ? ', args.init' : '';
  const fold = (text: string) =>
    `const fold = (${text});\n${combine ? '' : 'const combine = fold;\n'}`;
  const head = combine
    ? functionSource(
        combine,
        (text) => `const combine = (${text});\nexport default combine;\n`,
      ).replace(/export default combine;\n$/, '')
    : '';
  return functionSource(
    fn,
    (text) =>
      `${head}${fold(text)}export default ([level, ...values], { args }) => level === 0\n` +
      `  ? values.reduce((a, value) => fold(a, value)${start})\n` +
      '  : values.reduce((a, b) => combine(a, b));\n',
  );
}

/** One task over a list of arguments, or of lists of values of which those named are single. */
export function spreadSource(
  task: (...given: never[]) => unknown,
  singles: readonly boolean[] = [],
): string {
  const pick = singles.some(Boolean)
    ? `given.map((list, i) => ${JSON.stringify(singles)}[i] ? list[0] : list)`
    : 'given';
  return functionSource(
    task,
    (text) => `const task = (${text});\nexport default (given, ctx) => task(...${pick}, ctx);\n`,
  );
}

export type Node = Job<unknown> | Single<unknown>;
