import { BOUNDS } from '../shared/bounds.ts';
import type {
  Batch,
  FromWorker,
  Part,
  ReadAnswer,
  ReadRequest,
  Refusal,
  Talk,
  ToWorker,
  WorkerProgram,
  WorkOrder,
} from '../shared/wire.ts';
import { OUT_OF_MEMORY } from '../shared/wire.ts';
import { partsOf, readMessage } from './check.ts';
import { Meter } from './meter.ts';
import { TalkFilter } from './talk-filter.ts';
import { nextOrder, type TaskRun } from './task-run.ts';

export type SlotState =
  | 'starting'
  | 'blank'
  | 'loading'
  | 'idle'
  | 'running'
  | 'held'
  /** Its run was killed; it has a moment to come to rest. */
  | 'stopping'
  | 'dead';

/** What a slot tells the pool. With `onFault` and `onOverdue` it is dead. */
export interface SlotListener {
  onUp(slot: Slot): void;
  onLoaded(): void;
  /** The module cannot be loaded, or the inputs of the run cannot be read. */
  onRefused(slot: Slot, refusal: Refusal): void;
  onParts(run: TaskRun, parts: readonly Part[]): void;
  onTalk(run: TaskRun, talk: Talk): void;
  onRead(run: TaskRun, read: ReadRequest): void;
  /** The order is done; the run may go on. */
  onIdle(slot: Slot, run: TaskRun | undefined): void;
  onFault(slot: Slot, run: TaskRun | undefined, fault: Refusal, busyMs: number): void;
  /** It gave no sign in time after hold or stop. */
  onOverdue(slot: Slot, run: TaskRun | undefined): void;
}

const NO_WORKER: Refusal = {
  code: 'sandbox-refused',
  message: 'No worker starts in the sandbox of this browser.',
};

/**
 * One worker and what is known of it. Everything it says is counted and checked here; it is killed at the first word
 * that ours would not say.
 */
export class Slot {
  readonly #worker: Worker;
  readonly #listener: SlotListener;
  readonly #words = new Meter(BOUNDS.MESSAGES_PER_SECOND, performance.now());
  readonly #talk = new TalkFilter(performance.now());
  #state: SlotState = 'starting';
  #limits = { timeoutMs: 0, outputBytesMax: 0 };
  #loadMs: number = BOUNDS.LOAD_MS;
  #run: TaskRun | undefined;
  #order: WorkOrder | undefined;
  /** The run whose inputs the worker has. */
  #chunkOf: number | undefined;
  /** Time without progress in this state; sleep of the machine does not count. */
  #silentMs = 0;
  #progressedAt = 0;
  /** Its order is done, and it has not said yet that nothing else keeps it busy. */
  #isRestless = false;
  #toldToHold = false;
  #heldTimer: ReturnType<typeof setTimeout> | undefined;
  #duty = 1;
  /** Reads that wait for their answer. */
  readonly #reads = new Set<number>();

  constructor(worker: Worker, listener: SlotListener) {
    this.#listener = listener;
    this.#worker = worker;
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onmessageerror = ({ data }) =>
      this.#fault(data === OUT_OF_MEMORY ? full() : flooded('sent an unreadable message'));
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#onError(String(event.message));
    };
  }

  get state(): SlotState {
    return this.#state;
  }

  /** Nothing need be watched. */
  get isAtRest(): boolean {
    return this.#state === 'blank' || (this.#state === 'idle' && !this.#isRestless);
  }

  get run(): TaskRun | undefined {
    return this.#run;
  }

  load(program: WorkerProgram, timeoutMs: number): void {
    this.#limits = { timeoutMs, outputBytesMax: program.outputBytesMax };
    this.#loadMs = program.code.kind === 'python' ? BOUNDS.PYTHON_LOAD_MS : BOUNDS.LOAD_MS;
    this.#enter('loading');
    this.#post({ type: 'load', program });
  }

  work(run: TaskRun): void {
    const order = nextOrder(run);
    this.#run = run;
    this.#order = order;
    this.#enter('running');
    this.#progressedAt = performance.now();
    const isKept = order.chunk !== undefined && this.#chunkOf === order.run;
    this.#chunkOf = order.run;
    this.#post({ type: 'work', order: isKept ? { ...order, chunk: 'kept' } : order });
  }

  answer(answer: ReadAnswer): void {
    if (this.#reads.delete(answer.id)) this.#post({ type: 'read-done', answer });
  }

  setDuty(duty: number): void {
    if (duty === this.#duty) return;
    this.#duty = duty;
    this.#post({ type: 'duty', duty });
  }

  hold(): void {
    if (this.#state !== 'running') return;
    this.#toldToHold = true;
    this.#heldTimer = setTimeout(() => this.#endUnlessHeld(), BOUNDS.HOLD_GRACE_MS);
    this.#post({ type: 'hold' });
  }

  go(): void {
    if (!this.#toldToHold) return;
    this.#toldToHold = false;
    clearTimeout(this.#heldTimer);
    this.#progressedAt = performance.now();
    if (this.#state === 'held') this.#enter('running');
    this.#post({ type: 'go' });
  }

  /** Gives up the run; the worker is kept if it comes to rest soon. */
  stop(): void {
    this.#run = undefined;
    this.#enter('stopping');
    this.#post({ type: 'stop' });
  }

  kill(): void {
    this.#state = 'dead';
    clearTimeout(this.#heldTimer);
    this.#worker.onmessage = this.#worker.onerror = this.#worker.onmessageerror = null;
    this.#worker.terminate();
  }

  /** Time has passed. */
  watch(elapsedMs: number): void {
    this.#silentMs += elapsedMs;
    if (this.#state === 'starting' && this.#silentMs > BOUNDS.WORKER_UP_MS) this.#fault(NO_WORKER);
    if (this.#state === 'loading' && this.#silentMs > this.#loadMs)
      this.#fault(late('module did not load', this.#loadMs));
    if (this.#state === 'running') this.#watchRunning();
    if (this.#state === 'idle' && this.#isRestless && this.#silentMs > BOUNDS.REST_GRACE_MS)
      this.#overdue();
    if (this.#state === 'stopping' && this.#silentMs > BOUNDS.STOP_GRACE_MS) this.#overdue();
  }

  #watchRunning(): void {
    if (this.#toldToHold) return;
    const { timeoutMs } = this.#limits;
    const isSuspect = this.#run?.suspicion === 'task-timeout';
    const limitMs = isSuspect ? Math.min(timeoutMs, BOUNDS.SUSPECT_MS) : timeoutMs;
    // A task may rest on its way, whenever it calls its context.
    if (this.#silentMs > limitMs / this.#duty) this.#fault(late('task did not end', timeoutMs));
  }

  #endUnlessHeld(): void {
    if (this.#state === 'running') this.#overdue();
  }

  #hear(data: unknown): void {
    const message = readMessage(data);
    const fault = message ? this.#accept(message) : flooded('sent messages of its own');
    if (fault) this.#fault(fault);
  }

  /** Batches need no meter: each must bring the order further, and an order is bounded. */
  #accept(message: FromWorker): Refusal | undefined {
    if (message.type === 'batch') return this.#onBatch(message.batch);
    if (message.type === 'read') return this.#onRead(message.read);
    if (message.type === 'rested' && this.#isRestless) return this.#onRested();
    if (!this.#words.take(performance.now())) return flooded('sent too many messages');
    this.#onWord(message);
    return undefined;
  }

  #onWord(message: Exclude<FromWorker, { type: 'batch' | 'read' }>): void {
    const state = this.#state;
    if (message.type === 'talk') this.#onTalk(message.talk);
    else if (message.type === 'up' && state === 'starting') this.#onUp();
    else if (message.type === 'loaded' && state === 'loading') this.#onLoaded();
    else if (message.type === 'refused') this.#listener.onRefused(this, message.refusal);
    else if (message.type === 'held' && state === 'running' && this.#toldToHold)
      this.#enter('held');
    else if (message.type === 'stopped' && state === 'stopping') this.#rest(false);
  }

  /** Once for an order. */
  #onRested(): undefined {
    this.#isRestless = false;
  }

  /** No more at a time than the worker waits for by itself. */
  #onRead(read: ReadRequest): Refusal | undefined {
    if (this.#reads.has(read.id) || this.#reads.size >= BOUNDS.READS_MAX) {
      return flooded('read too much at once');
    }
    this.#reads.add(read.id);
    if (this.#run) this.#listener.onRead(this.#run, read);
    return undefined;
  }

  #onUp(): void {
    this.#enter('blank');
    this.#listener.onUp(this);
  }

  #onLoaded(): void {
    this.#enter('idle');
    this.#listener.onLoaded();
  }

  #onBatch(batch: Batch): Refusal | undefined {
    const order = this.#order;
    const next = this.#run?.next ?? batch.from;
    if (!order || batch.from !== next || batch.from < order.from || batch.to > order.to)
      return flooded('sent results of its own');
    const parts = partsOf(this.#timed(batch), this.#limits.outputBytesMax);
    if (!parts) return { code: 'output-too-large', message: 'The result cannot be carried.' };
    if (this.#run) this.#progress(this.#run, batch, parts);
    if (batch.to === order.to) this.#rest(true);
    return undefined;
  }

  /** A worker may not claim more work than there was time for. */
  #timed(batch: Batch): Batch {
    const busyMs = Math.min(batch.busyMs, performance.now() - this.#progressedAt);
    return { ...batch, busyMs };
  }

  #progress(run: TaskRun, batch: Batch, parts: readonly Part[]): void {
    run.next = batch.to;
    this.#silentMs = 0;
    this.#progressedAt = performance.now();
    if (run.suspicion) run.suspectBusyMs += batch.busyMs;
    if (run.suspectBusyMs > BOUNDS.SUSPECT_BUSY_MS) run.suspicion = undefined;
    this.#onTalk(batch.talk);
    this.#listener.onParts(run, parts);
  }

  #onTalk(talk: Talk): void {
    const passed = this.#talk.pass(talk, performance.now());
    if (this.#run && passed) this.#listener.onTalk(this.#run, passed);
  }

  #rest(isDone: boolean): void {
    const run = this.#run;
    this.#reads.clear();
    this.#run = this.#order = undefined;
    this.#isRestless = isDone;
    this.#enter('idle');
    this.#listener.onIdle(this, run);
  }

  /** An error outside of any task's promise, such as in a timer it left behind: told to the owner as a log line. */
  #onError(text: string): void {
    if (this.#state === 'starting') this.#fault({ ...NO_WORKER, message: text });
    else if (!this.#words.take(performance.now())) this.#fault(flooded('threw too many errors'));
    else this.#onTalk({ logs: [{ index: this.#run?.next ?? 0, text: text.slice(0, 500) }] });
  }

  #fault(fault: Refusal): void {
    this.kill();
    this.#listener.onFault(this, this.#run, fault, performance.now() - this.#progressedAt);
  }

  #overdue(): void {
    this.kill();
    this.#listener.onOverdue(this, this.#run);
  }

  #enter(state: SlotState): void {
    this.#state = state;
    this.#silentMs = 0;
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}

function flooded(what: string): Refusal {
  return { code: 'task-flooded', message: `The task ${what}.` };
}

function full(): Refusal {
  return { code: 'task-crashed', message: 'The task took more memory than it may.' };
}

function late(what: string, limitMs: number): Refusal {
  return { code: 'task-timeout', message: `The ${what} within ${limitMs} ms.` };
}
