import type { ErrorCode } from '@manytabs/protocol';
import { BOUNDS } from '../shared/bounds.ts';
import type {
  Batch,
  FromWorker,
  Part,
  Refusal,
  Talk,
  ToWorker,
  WorkerProgram,
  WorkOrder,
} from '../shared/wire.ts';
import { partsOf, readMessage } from './check.ts';
import { Meter } from './meter.ts';
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

/** What a slot tells the pool. After `onFault` and `onOverdue` it is dead. */
export interface SlotListener {
  onUp(slot: Slot): void;
  onLoaded(slot: Slot): void;
  /** The module cannot be loaded, or the inputs of the run cannot be read. */
  onRefused(slot: Slot, refusal: Refusal): void;
  onParts(slot: Slot, run: TaskRun, parts: readonly Part[]): void;
  onTalk(slot: Slot, run: TaskRun, talk: Talk): void;
  /** The order is done; the run may go on. */
  onIdle(slot: Slot, run: TaskRun | undefined): void;
  onFault(slot: Slot, run: TaskRun | undefined, fault: Refusal): void;
  /** It gave no sign in time after hold or stop. */
  onOverdue(slot: Slot, run: TaskRun | undefined): void;
}

/**
 * One worker and what is known of it. Everything it says is counted and checked here; it is killed at the first word
 * that ours would not say.
 */
export class Slot {
  readonly #worker: Worker;
  readonly #listener: SlotListener;
  readonly #meter = new Meter(BOUNDS.MESSAGES_PER_SECOND, performance.now());
  #state: SlotState = 'starting';
  #program: { timeoutMs: number; outputBytesMax: number } | undefined;
  #run: TaskRun | undefined;
  #order: WorkOrder | undefined;
  /** The run whose inputs the worker has. */
  #chunkOf: number | undefined;
  /** Time without progress in this state. */
  #silentMs = 0;
  #toldToHold = false;
  #heldMs = 0;

  constructor(url: string, listener: SlotListener) {
    this.#listener = listener;
    this.#worker = new Worker(url);
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onmessageerror = () =>
      this.#fault('task-flooded', 'It sent an unreadable message.');
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#onError(event.message);
    };
  }

  get state(): SlotState {
    return this.#state;
  }

  load(program: WorkerProgram, timeoutMs: number): void {
    this.#program = { timeoutMs, outputBytesMax: program.outputBytesMax };
    this.#enter('loading');
    this.#post({ type: 'load', program });
  }

  work(run: TaskRun): void {
    const order = nextOrder(run);
    this.#run = run;
    this.#order = order;
    this.#enter('running');
    const isKept = order.chunk !== undefined && this.#chunkOf === order.run;
    this.#chunkOf = order.run;
    this.#post({ type: 'work', order: isKept ? { ...order, chunk: 'kept' } : order });
  }

  hold(): void {
    if (this.#state !== 'running') return;
    this.#toldToHold = true;
    this.#heldMs = 0;
    this.#post({ type: 'hold' });
  }

  go(): void {
    if (!this.#toldToHold) return;
    this.#toldToHold = false;
    if (this.#state === 'held') this.#enter('running');
    this.#post({ type: 'go' });
  }

  /** Gives up the run; the worker is kept if it comes to rest soon. */
  stop(): void {
    this.#run = undefined;
    this.#enter('stopping');
    this.#post({ type: 'stop' });
  }

  get run(): TaskRun | undefined {
    return this.#run;
  }

  /** Time has passed. */
  watch(elapsedMs: number): void {
    this.#silentMs += elapsedMs;
    if (this.#toldToHold) this.#heldMs += elapsedMs;
    if (this.#state === 'starting' && this.#silentMs > BOUNDS.WORKER_UP_MS)
      this.#fault('sandbox-refused', 'No worker starts in the sandbox of this browser.');
    if (this.#state === 'loading') this.#watchLoading();
    if (this.#state === 'running') this.#watchRunning();
    if (this.#state === 'stopping' && this.#silentMs > BOUNDS.STOP_GRACE_MS) this.#overdue();
  }

  kill(): void {
    this.#state = 'dead';
    this.#worker.onmessage = this.#worker.onerror = this.#worker.onmessageerror = null;
    this.#worker.terminate();
  }

  #watchLoading(): void {
    if (this.#silentMs > BOUNDS.LOAD_MS)
      this.#fault('task-timeout', `The module did not load within ${BOUNDS.LOAD_MS} ms.`);
  }

  #watchRunning(): void {
    if (this.#toldToHold) {
      if (this.#heldMs > BOUNDS.HOLD_GRACE_MS) this.#overdue();
      return;
    }
    const timeoutMs = this.#program?.timeoutMs ?? 0;
    const suspected = this.#run?.suspicion === 'task-timeout';
    const limitMs = suspected ? Math.min(timeoutMs, BOUNDS.SUSPECT_MS) : timeoutMs;
    if (this.#silentMs > limitMs)
      this.#fault('task-timeout', `The task did not end within ${timeoutMs} ms.`);
  }

  #hear(data: unknown): void {
    const message = readMessage(data);
    if (!message) return this.#fault('task-flooded', 'The task sent messages of its own.');
    if (message.type === 'batch') return this.#onBatch(message.batch);
    if (!this.#meter.take(performance.now()))
      return this.#fault('task-flooded', 'The task sent too many messages.');
    this.#onWord(message);
  }

  #onWord(message: Exclude<FromWorker, { type: 'batch' }>): void {
    const state = this.#state;
    if (message.type === 'talk') this.#onTalk(message.talk);
    else if (message.type === 'up' && state === 'starting') this.#onUp();
    else if (message.type === 'loaded' && state === 'loading') this.#onLoaded();
    else if (message.type === 'refused') this.#listener.onRefused(this, message.refusal);
    else if (message.type === 'held' && this.#toldToHold) this.#enter('held');
    else if (message.type === 'stopped' && state === 'stopping') this.#rest();
  }

  #onUp(): void {
    this.#enter('blank');
    this.#listener.onUp(this);
  }

  #onLoaded(): void {
    this.#enter('idle');
    this.#listener.onLoaded(this);
  }

  #onBatch(batch: Batch): void {
    const order = this.#order;
    if (!order || batch.from < order.from || batch.to > order.to)
      return this.#fault('task-flooded', 'The task sent results of its own.');
    if (this.#state === 'stopping') return this.#onLateBatch(batch, order);
    const run = this.#run;
    if (!run || run.next !== batch.from)
      return this.#fault('task-flooded', 'The task sent results of its own.');
    const parts = partsOf(batch, this.#program?.outputBytesMax ?? 0);
    if (!parts) return this.#fault('output-too-large', 'The task returned what cannot be carried.');
    this.#progress(run, batch, parts);
    if (run.next === order.to) this.#rest();
  }

  #progress(run: TaskRun, batch: Batch, parts: readonly Part[]): void {
    run.next = batch.to;
    this.#silentMs = 0;
    if (run.suspicion) run.suspectBusyMs += batch.busyMs;
    if (run.suspectBusyMs > BOUNDS.SUSPECT_BUSY_MS) run.suspicion = undefined;
    this.#listener.onParts(this, run, parts);
    this.#onTalk(batch.talk);
  }

  /** Results of a run that was killed: nobody waits for them, but the last one ends the order. */
  #onLateBatch(batch: Batch, order: WorkOrder): void {
    if (batch.to === order.to) this.#rest();
  }

  #onTalk(talk: Talk): void {
    const run = this.#run;
    if (!run || (!talk.progress && !talk.preview && talk.logs.length === 0)) return;
    this.#listener.onTalk(this, run, talk);
  }

  #rest(): void {
    const run = this.#run;
    this.#run = this.#order = undefined;
    this.#enter('idle');
    this.#listener.onIdle(this, run);
  }

  /** An error outside of any task's promise, such as in a timer it left behind: told to the owner as a log line. */
  #onError(text: string): void {
    if (this.#state === 'starting')
      return this.#fault('sandbox-refused', `No worker starts in the sandbox: ${text}`);
    if (!this.#meter.take(performance.now()))
      return this.#fault('task-flooded', 'The task threw too many errors aside.');
    const index = this.#run?.next ?? 0;
    this.#onTalk({ logs: [{ index, text: String(text).slice(0, BOUNDS.LOG_CHARS_MAX) }] });
  }

  #fault(code: ErrorCode, message: string): void {
    this.kill();
    this.#listener.onFault(this, this.#run, { code, message });
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
