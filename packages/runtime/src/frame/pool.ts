import { GridError, toGridError } from '@manytabs/protocol';
import { BOUNDS } from '../shared/bounds.ts';
import type {
  FrameApi,
  FrameEvent,
  FrameProgram,
  Part,
  ReadAnswer,
  ReadRequest,
  Refusal,
  Talk,
  WorkerProgram,
  WorkOrder,
} from '../shared/wire.ts';
import { boundMemoryOf, planWasm } from '../wasm/plan.ts';
import { checkWasi } from '../wasm/wasi.ts';
import { Slot, type SlotListener } from './slot.ts';
import { type TaskRun, taskRun } from './task-run.ts';

interface Opening {
  resolve(refusal: Refusal | undefined): void;
}

/**
 * The workers of one job and the runs that wait for them.
 *
 * 1. A run is in the queue, or on one slot, or over.
 * 2. Every task of a run is reported exactly once, in order, whatever happens to workers.
 * 3. A task is blamed only if it was the only one that can have done it.
 */
export class Pool implements FrameApi, SlotListener {
  readonly #makeWorker: () => Worker;
  readonly #emit: (event: FrameEvent, transfer?: Transferable[]) => void;
  readonly #slots = new Set<Slot>();
  readonly #queue: TaskRun[] = [];
  #wanted = 1;
  #duty = 1;
  #held = false;
  /** Workers that did not let go in time. */
  #ended = 0;
  #program: { worker: WorkerProgram; timeoutMs: number } | undefined;
  #opening: Opening | undefined;
  /** Workers lost without a run to blame since the last result. */
  #idleFaults = 0;
  #broken: Refusal | undefined;
  #watching: ReturnType<typeof setInterval> | undefined;
  #watchedAt = 0;

  constructor(
    makeWorker: () => Worker,
    emit: (event: FrameEvent, transfer?: Transferable[]) => void,
  ) {
    this.#makeWorker = makeWorker;
    this.#emit = emit;
  }

  setWorkers(workers: number): void {
    this.#wanted = workers;
    if (this.#broken) return;
    for (const slot of this.#slots) this.#retire(slot);
    const warm = this.#program ? workers : Math.min(workers, BOUNDS.WARM_WORKERS_MAX);
    while (this.#slots.size < warm) this.#spawn();
  }

  setDuty(duty: number): void {
    this.#duty = duty;
    for (const slot of this.#slots) slot.setDuty(duty);
  }

  async open(program: FrameProgram): Promise<Refusal | undefined> {
    if (this.#broken) return this.#broken;
    const prepared = await prepare(program);
    if ('refusal' in prepared) return prepared.refusal;
    this.#program = { worker: prepared.worker, timeoutMs: program.timeoutMs };
    const opened = new Promise<Refusal | undefined>((resolve) => {
      this.#opening = { resolve };
    });
    for (const slot of this.#slots) if (slot.state === 'blank') this.#load(slot);
    if (this.#slots.size === 0) this.#spawn();
    return opened;
  }

  run(order: WorkOrder): void {
    const run = taskRun(order);
    if (this.#broken) this.#failRest(run, this.#broken);
    else this.#queue.push(run);
    this.#feed();
  }

  kill(run: number): void {
    const waiting = this.#queue.findIndex(({ order }) => order.run === run);
    if (waiting >= 0) this.#queue.splice(waiting, 1);
    for (const slot of this.#slots) if (slot.run?.order.run === run) slot.stop();
  }

  /** Ends all workers; nothing more is heard of it. */
  close(): void {
    clearInterval(this.#watching);
    this.#queue.length = 0;
    for (const slot of [...this.#slots]) this.#bury(slot);
  }

  /** Resolves when all are held: whether a worker had to be ended for it, which browsers let run on for seconds. */
  async hold(held: boolean): Promise<boolean> {
    this.#held = held;
    for (const slot of this.#slots) {
      if (held) slot.hold();
      else slot.go();
    }
    if (!held) {
      this.#replace();
      return false;
    }
    const before = this.#ended;
    await new Promise((resolve) => setTimeout(resolve, BOUNDS.HELD_MS));
    return this.#ended > before;
  }

  onUp(slot: Slot): void {
    if (this.#program) this.#load(slot);
  }

  onLoaded(): void {
    this.#answerOpening(undefined);
    this.setWorkers(this.#wanted);
    this.#feed();
  }

  onRefused(slot: Slot, refusal: Refusal): void {
    const { run } = slot;
    this.#bury(slot);
    if (run) this.#failRest(run, refusal);
    else this.#onIdleFault(refusal);
    this.#replace();
  }

  onParts(run: TaskRun, parts: readonly Part[]): void {
    this.#idleFaults = 0;
    const transfer = parts.flatMap((part) => (part.kind === 'values' ? [part.values.buffer] : []));
    this.#emit({ type: 'parts', run: run.order.run, parts }, transfer as ArrayBuffer[]);
  }

  onTalk(run: TaskRun, talk: Talk): void {
    const { checkpoint } = talk;
    if (checkpoint && isAhead(run, checkpoint.index)) run.checkpoint = checkpoint;
    this.#emit({ type: 'talk', run: run.order.run, talk });
  }

  onRead(run: TaskRun, read: ReadRequest): void {
    this.#emit({ type: 'read', run: run.order.run, read });
  }

  answer(run: number, answer: ReadAnswer): void {
    for (const slot of this.#slots) if (slot.run?.order.run === run) slot.answer(answer);
  }

  onIdle(slot: Slot, run: TaskRun | undefined): void {
    this.#retire(slot);
    this.#requeue(run);
    this.#feed();
  }

  onFault(slot: Slot, run: TaskRun | undefined, fault: Refusal, busyMs: number): void {
    this.#bury(slot);
    if (run) this.#suspect(run, fault, busyMs);
    else this.#onIdleFault(fault);
    this.#replace();
  }

  onOverdue(slot: Slot, run: TaskRun | undefined): void {
    this.#ended++;
    this.#bury(slot);
    this.#requeue(run);
    this.#replace();
  }

  /**
   * Names the task at fault, or finds out. Unreported tasks before the guilty one took less than FLUSH_MS_MAX together, or
   * the worker would have reported them; so run again one at a time, the guilty one is the first that misbehaves.
   */
  #suspect(run: TaskRun, fault: Refusal, busyMs: number): void {
    const isAlone = run.suspicion !== undefined && run.suspicion !== 'task-crashed';
    const isSure = isAlone || run.order.to - run.next === 1;
    if (isSure) this.#blame(run, fault, busyMs);
    const suspicion = fault.code === 'task-timeout' ? 'task-timeout' : 'task-flooded';
    run.suspicion = isSure ? undefined : suspicion;
    run.suspectBusyMs = 0;
    this.#requeue(run);
  }

  #blame(run: TaskRun, refusal: Refusal, busyMs = 0): void {
    const part: Part = { kind: 'failure', index: run.next, ...refusal, busyMs };
    run.next++;
    this.#emit({ type: 'parts', run: run.order.run, parts: [part] });
  }

  #failRest(run: TaskRun, refusal: Refusal): void {
    while (run.next < run.order.to) this.#blame(run, refusal);
  }

  #requeue(run: TaskRun | undefined): void {
    if (run && run.next < run.order.to) this.#queue.unshift(run);
  }

  /** A module that loads here and not there, or kills idle workers, is given up after a few attempts. */
  #onIdleFault(refusal: Refusal): void {
    if (this.#answerOpening(refusal)) return;
    if (++this.#idleFaults < BOUNDS.RESTARTS_MAX) return;
    this.#broken = refusal;
    for (const run of this.#queue.splice(0)) this.#failRest(run, refusal);
  }

  #answerOpening(refusal: Refusal | undefined): boolean {
    const opening = this.#opening;
    this.#opening = undefined;
    if (refusal && opening) this.#program = undefined;
    opening?.resolve(refusal);
    return opening !== undefined;
  }

  #feed(): void {
    if (this.#held) return;
    for (const slot of this.#slots) {
      if (slot.state !== 'idle') continue;
      const run = this.#queue.shift();
      if (!run) return;
      if (!run.isStarted) this.#emit({ type: 'started', run: run.order.run });
      run.isStarted = true;
      slot.work(run);
      this.#watch();
    }
  }

  #load(slot: Slot): void {
    if (!this.#program) return;
    slot.load(this.#program.worker, this.#program.timeoutMs);
    this.#watch();
  }

  /** Not while its owner rests: a new worker starts and loads the module. */
  #replace(): void {
    if (this.#held) return;
    this.setWorkers(this.#wanted);
    this.#feed();
  }

  #retire(slot: Slot): void {
    const isFree = slot.state === 'idle' || slot.state === 'blank';
    if (isFree && this.#slots.size > this.#wanted) this.#bury(slot);
  }

  #spawn(): void {
    const slot = new Slot(this.#makeWorker(), this);
    slot.setDuty(this.#duty);
    this.#slots.add(slot);
    this.#watch();
  }

  #bury(slot: Slot): void {
    slot.kill();
    this.#slots.delete(slot);
  }

  #watch(): void {
    if (this.#watching !== undefined) return;
    this.#watchedAt = performance.now();
    this.#watching = setInterval(() => this.#tick(), BOUNDS.WATCH_MS);
  }

  /** Looks at every worker; stops looking when all are at rest, so that an idle page costs nothing. */
  #tick(): void {
    const now = performance.now();
    const elapsed = Math.min(now - this.#watchedAt, BOUNDS.WATCH_GAP_MS_MAX);
    this.#watchedAt = now;
    for (const slot of [...this.#slots]) slot.watch(elapsed);
    if ([...this.#slots].some((slot) => !slot.isAtRest)) return;
    clearInterval(this.#watching);
    this.#watching = undefined;
  }
}

async function prepare(
  program: FrameProgram,
): Promise<{ worker: WorkerProgram } | { refusal: Refusal }> {
  const files = new Map<string, Blob>();
  for (const [path, bytes] of program.files) files.set(path, new Blob([bytes.slice()]));
  const { args, seed, rangeFrom, outputBytesMax, determinism } = program;
  try {
    const code = await prepareCode(program);
    return { worker: { code, args, files, seed, rangeFrom, outputBytesMax, determinism } };
  } catch (thrown) {
    const { code, message } = toGridError(thrown, 'wasm-invalid');
    return { refusal: { code, message: message.slice(0, BOUNDS.ERROR_CHARS_MAX) } };
  }
}

async function prepareCode(program: FrameProgram): Promise<WorkerProgram['code']> {
  if (program.kind === 'python') return preparePython(program);
  if (program.kind === 'js') {
    const { module: source, export: name, check } = program;
    return { kind: 'js', source, export: name, check };
  }
  if (program.kind === 'wasi') {
    const command = checkWasi(program.module, program);
    return { kind: 'wasi', module: await WebAssembly.compile(command) };
  }
  const { plan, bytes } = planWasm(program.module, program.export, program);
  return { kind: 'wasm', module: await WebAssembly.compile(bytes), plan };
}

async function preparePython({ module, export: name, python, memoryMB }: FrameProgram) {
  if (!python) throw new GridError('sandbox-refused', 'There is no Python here.');
  const bytes = boundMemoryOf(new Uint8Array(await python.wasm.arrayBuffer()), memoryMB);
  const loader = { ...python, wasm: await WebAssembly.compile(bytes) };
  return { kind: 'python', source: module, export: name, loader } as const;
}

function isAhead({ next, order }: TaskRun, index: number): boolean {
  return index >= next && index < order.to;
}
