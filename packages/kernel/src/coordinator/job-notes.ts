import {
  type Disagreement,
  type ErrorCode,
  type ErrorExample,
  type ErrorGroup,
  LIMITS,
  type LogRow,
  type VolunteerId,
} from '@manytabs/protocol';
import { CostBook } from './job-cost.ts';
import { Ring } from './ring.ts';
import { Story } from './story.ts';
import { Verdicts } from './verdicts.ts';

const DISAGREEMENTS_MAX = 256;
const LOG_ROWS_MAX = 1_000;
const ERROR_GROUPS_MAX = 32;
/** The same error on other tasks and lines is the same error. */
const NUMBERS = /\d+/g;
const CONTRIBUTORS_SHOWN_MAX = 100;

/** What people read of a job; every part has a bound. */
export class JobNotes {
  readonly story = new Story();
  readonly disagreements = new Ring<Disagreement>(DISAGREEMENTS_MAX);
  readonly cost = new CostBook();
  readonly verdicts = new Verdicts();
  readonly logs = new Ring<LogRow>(LOG_ROWS_MAX);
  readonly #contributors = new Map<VolunteerId, number>();
  readonly #errors = new Map<string, ErrorGroup>();
  disagreedTasks = 0;
  /** Windows of single results that were audited, tasks computed again for that, and results taken back. */
  audits = 0;
  auditedTasks = 0;
  retracted = 0;

  addContribution(volunteer: VolunteerId, tasks: number): void {
    const before = this.#contributors.get(volunteer);
    if (before === undefined && this.#contributors.size >= LIMITS.VOLUNTEERS_MAX) return;
    this.#contributors.set(volunteer, (before ?? 0) + tasks);
  }

  /** Past the bound, new kinds of errors are counted together. */
  addError(code: ErrorCode, message: string, count = 1, example?: ErrorExample): void {
    const isFull = this.#errors.size >= ERROR_GROUPS_MAX;
    const own = `${code} ${message.replaceAll(NUMBERS, '0')}`;
    const key = isFull && !this.#errors.has(own) ? 'others' : own;
    const shown = key === 'others' ? 'other errors' : message;
    const group = this.#errors.get(key) ?? { code, message: shown, count: 0, example };
    this.#errors.set(key, { ...group, count: group.count + count });
  }

  contributors(): { readonly volunteer: VolunteerId; readonly tasks: number }[] {
    const all = [...this.#contributors].map(([volunteer, tasks]) => ({ volunteer, tasks }));
    return all.sort((a, b) => b.tasks - a.tasks).slice(0, CONTRIBUTORS_SHOWN_MAX);
  }

  errors(): ErrorGroup[] {
    return [...this.#errors.values()];
  }
}
