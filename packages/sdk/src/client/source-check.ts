import { must } from '@manytabs/protocol';
import type * as freeVariables from './free-variables.ts';

type SourceCheck = Pick<typeof freeVariables, 'checkSource' | 'parseSource'>;

let installed: SourceCheck | undefined;

/**
 * The check of a task's source brings a parser, a quarter of this package. `manytabs` installs it as it is loaded; a page
 * that begins with `manytabs/grid` is there sooner, and loads `manytabs` before it describes a task.
 */
export function installSourceCheck(check: SourceCheck): void {
  installed = check;
}

export function sourceCheck(): SourceCheck {
  return must(installed, 'manytabs is loaded before a task is described');
}
