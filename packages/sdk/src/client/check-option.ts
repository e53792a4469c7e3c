import { type Check, GridError } from '@manytabs/protocol';
import type { CompareOption, MapOptions } from './api.ts';
import { sourceCheck } from './source-check.ts';

type Options = MapOptions<never> | MapOptions;
type AnyFunction = (...args: never[]) => unknown;

/** How volunteers check results, with its function where that is not the module's own. */
export interface CheckOption {
  readonly kind: Check['kind'];
  readonly by: string | AnyFunction;
}

/** What the functions of a job are exported as that were given as functions. */
const EXPORT = 'check';

/** @throws {GridError} `spec-invalid` where nothing could be checked. */
export function checkOptionOf(options: Options): CheckOption | undefined {
  const { verify, compare, trust, quorum } = options;
  const equal = isEqual(compare) ? compare.equal : undefined;
  if (verify === undefined && equal === undefined) return undefined;
  if (verify !== undefined && compare !== undefined)
    throw invalid('results are verified or compared, not both');
  if (trust === 'none' || quorum !== undefined)
    throw invalid('who checks a result has a vote: that takes a trust of draft or more, no quorum');
  return verify === undefined
    ? { kind: 'equal', by: equal as CheckOption['by'] }
    : { kind: 'verify', by: verify };
}

export function isEqual(
  compare: CompareOption | undefined,
): compare is Extract<CompareOption, { equal: unknown }> {
  return typeof compare === 'object' && 'equal' in compare;
}

/** The check as the job says it. */
export function checkOf(options: Options): Check | undefined {
  const option = checkOptionOf(options);
  if (!option) return undefined;
  const { kind, by } = option;
  return { kind, export: typeof by === 'string' ? by : EXPORT };
}

/** What the check adds to the source of a function's module; refused where the task has no such place. */
export function checkText(options: Options): string {
  const option = checkOptionOf(options);
  if (!option) return '';
  if (typeof option.by === 'string')
    throw invalid('beside a function, what checks its results is a function too');
  return `export const ${EXPORT} = (${option.by.toString()});\n`;
}

/** Refused where a program that is no function does not export what checks its results. */
export function checkExport(
  task: { readonly kind: string; readonly source?: string },
  options: Options,
): void {
  const option = checkOptionOf(options);
  if (!option) return;
  const { kind, source = '' } = task;
  if (kind !== 'js') throw invalid('only modules of JavaScript check results');
  if (typeof option.by !== 'string') throw invalid('a module exports what checks its results');
  sourceCheck().checkSource(source, { export: option.by });
}

function invalid(why: string): GridError {
  return new GridError('spec-invalid', `The job was refused: ${why}.`);
}
