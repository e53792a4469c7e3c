import { decodeValue, GridError } from '@manytabs/protocol';
import type { WorkerOrder } from '../shared/wire.ts';
import type { ContextMaker } from './context.ts';
import type { Gate } from './gate.ts';
import type { Outbox } from './outbox.ts';
import type { LoadedTask } from './task.ts';
import type { TaskTimers } from './task-timers.ts';

export interface LoopParts {
  readonly task: LoadedTask;
  readonly contexts: ContextMaker;
  readonly outbox: Outbox;
  readonly gate: Gate;
  readonly timers: TaskTimers;
  readonly rangeFrom: number | undefined;
}

/** Runs the tasks of an order one after the other. Nothing is awaited for a task that returns at once. */
export class Loop {
  readonly #parts: LoopParts;
  #rows: readonly unknown[] = [];
  /** Of the order: what it asks about. */
  #asked: { readonly from: number; readonly results: readonly unknown[] } | undefined;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  /** Whether it came to the end; false when it was stopped. */
  async run(order: WorkerOrder): Promise<boolean> {
    const { outbox, gate, contexts, timers } = this.#parts;
    const inputOf = this.#inputs(order);
    const { asked } = order;
    this.#asked = asked && { from: asked.from, results: rowsOf(asked.results) };
    gate.reset();
    if (gate.isDue && !(await gate.pass())) return false;
    gate.enter();
    outbox.begin(order.from);
    contexts.resume(order.checkpoint);
    for (let index = order.from; index < order.to; index++) {
      const pending = this.#start(inputOf, index);
      if (pending) await this.#settle(pending);
      timers.end();
      if (!outbox.isDue) continue;
      outbox.flush();
      if (!gate.isDue) continue;
      if (!(await gate.pass())) return false;
      outbox.skipTime();
    }
    outbox.flush();
    gate.leave();
    return true;
  }

  /** Runs one task as far as it goes; gives back what must be awaited, if anything. */
  #start(inputOf: (index: number) => unknown, index: number): PromiseLike<unknown> | undefined {
    const { contexts, outbox } = this.#parts;
    try {
      const value = this.#call(inputOf(index), index);
      if (isThenable(value)) return value;
      outbox.succeed(contexts.output(value));
    } catch (thrown) {
      outbox.fail(thrown);
    }
    return undefined;
  }

  #call(input: unknown, index: number): unknown {
    const { task, contexts } = this.#parts;
    const context = contexts.make(index);
    if (!this.#asked) return task.run(input, context);
    if (!task.check) throw new GridError('export-missing', 'The program checks no results.');
    return task.check(input, context, this.#asked.results[index - this.#asked.from]);
  }

  async #settle(pending: PromiseLike<unknown>): Promise<void> {
    const { contexts, outbox } = this.#parts;
    let value: unknown;
    try {
      value = await pending;
    } catch (thrown) {
      outbox.fail(thrown);
      return;
    }
    // What a check writes is no part of its answer.
    outbox.succeed(this.#asked ? value : contexts.output(value));
  }

  #inputs({ chunk, chunkFrom }: WorkerOrder): (index: number) => unknown {
    const { rangeFrom } = this.#parts;
    if (chunk === undefined) return (index) => (rangeFrom ?? 0) + index;
    if (chunk !== 'kept') this.#rows = rowsOf(chunk);
    const rows = this.#rows;
    return (index) => rows[index - chunkFrom];
  }
}

function rowsOf(chunk: Uint8Array): readonly unknown[] {
  const rows = decodeValue(chunk);
  if (!Array.isArray(rows)) throw new GridError('input-invalid', 'The inputs are not a list.');
  return rows;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return 'then' in value && typeof value.then === 'function';
}
