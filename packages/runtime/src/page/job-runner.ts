import { GridError, type Program, toGridError } from '@manytabs/protocol';
import type { JobRunner, ProgramBytes, Run, RunListener, RunRequest } from '../api.ts';
import { BOUNDS } from '../shared/bounds.ts';
import type {
  FrameEvent,
  FrameProgram,
  PythonFiles,
  ReadRequest,
  Refusal,
} from '../shared/wire.ts';
import type { FrameHost } from './frame-host.ts';
import { PageRun } from './page-run.ts';

const CRASHED: Refusal = {
  code: 'task-crashed',
  message: 'The sandbox ran out of memory or crashed while this task ran.',
};

/** Where a runner gets its frames from. */
export interface FrameSource {
  take(): Promise<FrameHost>;
  /** A frame made now: what was ready beforehand may have shared the process of the one that crashed. */
  replace(): Promise<FrameHost>;
  /** False where no frame comes up after one has crashed. */
  readonly canReplace: boolean;
  /** So many as the volunteer grants now. */
  workers(): number;
  /** @throws {GridError} `unreachable` */
  python(): Promise<PythonFiles>;
}

/** One job in one frame; in the next one, if that is lost. Runs outlive frames, frames outlive no job. */
export class SandboxJobRunner implements JobRunner {
  readonly #source: FrameSource;
  readonly #program: FrameProgram;
  readonly #runs = new Map<number, PageRun>();
  #host: FrameHost | undefined;
  #runsMade = 0;
  #isHeld = false;
  #isClosed = false;
  /** Its frame is gone for the time that its owner rests. */
  #isOut = false;
  /** One worker works, on runs of which one may have ended a frame. */
  #isAlone = false;
  /** Frames lost since the last result. */
  #crashes = 0;
  /** Why no frame can be had for the job any more. */
  #broken: Refusal | undefined;

  private constructor(source: FrameSource, program: FrameProgram) {
    this.#source = source;
    this.#program = program;
  }

  /** @throws {GridError} what Runtime.open throws. */
  static async open(
    source: FrameSource,
    program: Program,
    bytes: ProgramBytes,
  ): Promise<SandboxJobRunner> {
    const python = program.module.kind === 'python' ? await source.python() : undefined;
    const runner = new SandboxJobRunner(source, { ...frameProgram(program, bytes), python });
    await runner.#openFrame(await source.take());
    return runner;
  }

  run(request: RunRequest, listener: RunListener): Run {
    const id = this.#runsMade++;
    const run = new PageRun(request, listener);
    this.#runs.set(id, run);
    if (this.#broken) this.#giveUpSoon(this.#broken);
    else this.#send(id, run);
    return { kill: () => this.#kill(id) };
  }

  hold(held: boolean): void {
    this.#isHeld = held;
    if (this.#isOut && !held) return this.#comeBack();
    this.#tell(async (host) => {
      const hadToEnd = await host.api.hold(held);
      if (hadToEnd && this.#isHeld && host === this.#host) this.#goOut(host);
    });
  }

  setWorkers(workers: number): void {
    if (this.#isAlone) return;
    this.#tell((host) => host.api.setWorkers(workers));
  }

  setDuty(duty: number): void {
    this.#tell((host) => host.api.setDuty(duty));
  }

  /** Whether another job could go on with it: nothing runs, and nothing ever went wrong. */
  get isAtRest(): boolean {
    const isUp = this.#host !== undefined && !this.#host.isGone;
    return isUp && this.#runs.size === 0 && this.#crashes === 0 && !this.#broken;
  }

  killAll(): void {
    for (const id of [...this.#runs.keys()]) this.#kill(id);
  }

  close(): void {
    this.#isClosed = true;
    this.#runs.clear();
    this.#host?.remove();
    this.#host = undefined;
  }

  async #openFrame(host: FrameHost): Promise<void> {
    host.onLost = () => this.#onLost();
    host.onEvent = (event) => this.#hear(host, event);
    host.isAwaited = () => true;
    host.watch();
    const refusal = await opened(host, this.#program);
    host.isAwaited = () => this.#runs.size > 0;
    if (refusal || this.#isClosed) host.remove();
    if (refusal) throw new GridError(refusal.code, refusal.message);
    if (!this.#isClosed) this.#host = host;
  }

  #kill(id: number): void {
    if (this.#runs.delete(id)) this.#tell((host) => host.api.kill(id));
  }

  #send(id: number, run: PageRun): void {
    this.#host?.watch();
    this.#tell((host) => host.api.run(run.order(id)));
  }

  /** A call to a frame that cannot be made means that the frame is of no more use. */
  #tell(call: (host: FrameHost) => Promise<void>): void {
    const host = this.#host;
    if (!host || host.isGone) return;
    call(host).catch(() => {
      if (host === this.#host) this.#drop(host);
    });
  }

  #drop(host: FrameHost): void {
    host.remove();
    this.#onLost();
  }

  #hear(host: FrameHost, event: Exclude<FrameEvent, { type: 'pong' }>): void {
    const run = this.#runs.get(event.run);
    if (!run) return;
    if (event.type === 'started') run.isStarted = true;
    else if (event.type === 'talk') run.hearTalk(event.talk);
    else if (event.type === 'read') void this.#read(event.run, run, event.read);
    else this.#hearParts(host, run, event);
  }

  async #read(id: number, run: PageRun, read: ReadRequest): Promise<void> {
    const answer = await run.read(read);
    if (this.#runs.get(id) === run) this.#tell((host) => host.api.answer(id, answer));
  }

  #hearParts(host: FrameHost, run: PageRun, event: Extract<FrameEvent, { type: 'parts' }>): void {
    this.#crashes = 0;
    if (!run.hearParts(event.parts)) this.#drop(host);
    this.#endIfDone(event.run, run);
    this.#endSolitude();
  }

  #endIfDone(id: number, run: PageRun): void {
    if (!run.isDone || !this.#runs.delete(id)) return;
    run.end();
  }

  /** A worker that was ended in the middle of a loop ends at once only with its frame; there is none until work goes on. */
  #goOut(host: FrameHost): void {
    this.#isOut = true;
    this.#host = undefined;
    host.remove();
  }

  #comeBack(): void {
    this.#isOut = false;
    this.#reopen().catch((thrown: unknown) => this.#onReopenFailed(thrown));
  }

  /** The task that did it is reported as crashed, once it is known; all others go on in a new frame. */
  #onLost(): void {
    this.#host = undefined;
    if (this.#isClosed) return;
    this.#crashes++;
    const started = [...this.#runs].filter(([, run]) => run.isStarted);
    for (const [id, run] of started) {
      run.isStarted = false;
      const isKnown = started.length === 1 && run.isExact;
      if (!isKnown && this.#source.canReplace) run.suspect();
      else this.#blame(id, run);
    }
    if (this.#crashes >= BOUNDS.RESTARTS_MAX) this.#giveUp(CRASHED);
    this.#reopen().catch((thrown: unknown) => this.#onReopenFailed(thrown));
  }

  #blame(id: number, run: PageRun): void {
    run.fail(CRASHED.code, CRASHED.message);
    this.#endIfDone(id, run);
  }

  /** Suspects run one after the other, so that the next crash tells which of them it is. */
  async #reopen(): Promise<void> {
    const host = await this.#source.replace();
    if (this.#hasSuspect) await host.api.setWorkers(1);
    this.#isAlone = this.#hasSuspect;
    await this.#openFrame(host);
    if (this.#isHeld) this.hold(true);
    for (const [id, run] of this.#runs) this.#send(id, run);
  }

  get #hasSuspect(): boolean {
    return [...this.#runs.values()].some(({ isSuspect }) => isSuspect);
  }

  /** Nobody is suspected any more: all workers work again. */
  #endSolitude(): void {
    if (!this.#isAlone || this.#hasSuspect) return;
    this.#isAlone = false;
    this.setWorkers(this.#source.workers());
  }

  #onReopenFailed(thrown: unknown): void {
    this.#broken = toGridError(thrown, 'task-crashed');
    this.#giveUp(this.#broken);
  }

  /** In a turn of its own, as a listener expects to hear nothing before `run` has returned. */
  #giveUpSoon(refusal: Refusal): void {
    queueMicrotask(() => this.#giveUp(refusal));
  }

  #giveUp({ code, message }: Refusal): void {
    for (const [id, run] of [...this.#runs]) {
      run.failRest(code, message);
      this.#endIfDone(id, run);
    }
  }
}

/** The answer to `open`; a frame that is lost meanwhile has crashed. */
function opened(host: FrameHost, program: FrameProgram) {
  const { onLost } = host;
  const lost = new Promise<Refusal>((resolve) => {
    host.onLost = () => resolve(CRASHED);
  });
  return Promise.race([host.api.open(program), lost]).finally(() => {
    host.onLost = onLost;
  });
}

function frameProgram(
  program: Program,
  { module, files }: ProgramBytes,
): Omit<FrameProgram, 'python'> {
  const { check, args, seed, rangeFrom, timeoutMs, outputBytesMax, determinism, memoryMB } =
    program;
  return {
    kind: program.module.kind,
    module,
    export: program.module.export,
    check,
    args,
    files,
    seed,
    rangeFrom,
    timeoutMs,
    outputBytesMax,
    determinism,
    memoryMB,
  };
}
