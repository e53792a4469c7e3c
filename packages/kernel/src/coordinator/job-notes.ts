import {
  type Disagreement,
  type ErrorCode,
  LIMITS,
  type LogRow,
  type VolunteerId,
} from '@manytabs/protocol';
import { Ring } from './ring.ts';
import { Story } from './story.ts';
import { Verdicts } from './verdicts.ts';

const DISAGREEMENTS_MAX = 256;
const LOG_ROWS_MAX = 1_000;
const ERROR_GROUPS_MAX = 32;
const CONTRIBUTORS_SHOWN_MAX = 100;

interface ErrorGroup {
  readonly code: ErrorCode;
  readonly message: string;
  count: number;
}

/** What people read of a job; every part has a bound. */
export class JobNotes {
  readonly story = new Story();
  readonly disagreements = new Ring<Disagreement>(DISAGREEMENTS_MAX);
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
  addError(code: ErrorCode, message: string, count = 1): void {
    const isFull = this.#errors.size >= ERROR_GROUPS_MAX;
    const own = `${code} ${message}`;
    const key = isFull && !this.#errors.has(own) ? 'others' : own;
    const group = this.#errors.get(key);
    if (group) group.count += count;
    else if (key === 'others') this.#errors.set(key, { code, message: 'other errors', count });
    else this.#errors.set(key, { code, message, count });
  }

  contributors(): { readonly volunteer: VolunteerId; readonly tasks: number }[] {
    const all = [...this.#contributors].map(([volunteer, tasks]) => ({ volunteer, tasks }));
    return all.sort((a, b) => b.tasks - a.tasks).slice(0, CONTRIBUTORS_SHOWN_MAX);
  }

  errors(): ErrorGroup[] {
    return [...this.#errors.values()].map((group) => ({ ...group }));
  }
}
