import { GridError, type JobId, Prng } from '@manytabs/protocol';
import { decodeRow, isRun, rowsOf } from 'manytabs/host';
import { EventQueue } from '../event-queue.ts';
import { Violation, violated } from '../facts.ts';
import type { Trace } from '../trace.ts';
import { Wire, type WireEnds } from '../wire.ts';
import { PlannedJob, valuesOf } from '../workload.ts';
import { Customer } from './customer.ts';
import { GroupChecker } from './group-checker.ts';
import { GroupFaults } from './group-faults.ts';
import type { GroupOptions } from './group-options.ts';
import type { Process } from './process.ts';
import { Robot } from './robot.ts';
import { Server } from './server.ts';
import { WireEnd } from './server-wire.ts';
import { SharedStore } from './shared-store.ts';

const START_AT = 1_700_000_000_000;

/** Several servers on one store, their tabs and a submitter, on virtual time. */
export class GroupWorld {
  readonly options: GroupOptions;
  readonly queue = new EventQueue(START_AT);
  readonly servers: readonly Server[];
  readonly store: SharedStore;
  readonly #trace: Trace;
  readonly #network: Prng;
  readonly #jobs: readonly PlannedJob[];
  readonly #checker: GroupChecker;
  readonly #robots: readonly Robot[];
  readonly #customer: Customer;
  #isOver = false;
  #problem: unknown;

  constructor(options: GroupOptions, trace: Trace) {
    this.options = options;
    this.#trace = trace;
    this.#network = new Prng(options.seed, 'network');
    this.#jobs = options.jobs.map((plan, i) => new PlannedJob(plan, i, options.seed));
    this.#checker = new GroupChecker(this.#jobs);
    this.store = new SharedStore(this.#guarded(), options.mutation);
    this.servers = Array.from({ length: options.servers }, (_, i) => new Server(this, i + 1));
    const births = new Prng(options.seed, 'births');
    this.#robots = Array.from(
      { length: options.tabs },
      (_, i) => new Robot(this, i, births.fork('robot')),
    );
    this.#customer = new Customer(this, births.fork('customer'));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Faults, then calm in which everything must come to its end. */
  async run(): Promise<void> {
    try {
      const calmAt = START_AT + this.options.faultMs;
      this.#begin(calmAt);
      await this.#advance(calmAt, () => false);
      this.note('calm', 0);
      for (const server of this.servers) for (const wire of server.links) wire.heal();
      const isDone = () => this.#isSubmitted && this.#customer.isDone;
      await this.#advance(this.queue.now + this.options.calmMs, isDone);
      this.#judge();
    } finally {
      this.#isOver = true;
      for (const server of this.servers) server.dispose();
    }
  }

  note(what: string, who: number, more?: () => string, number = 0): void {
    this.#trace.add(this.queue.now, what, who, number, 0, more);
  }

  jobOf(jobId: string): PlannedJob | undefined {
    return this.#checker.planOf(jobId as JobId);
  }

  anyServer(prng: Prng): Server | undefined {
    return prng.pick(this.servers.filter(({ isServing }) => isServing));
  }

  newWire(ends: WireEnds): Wire {
    const { delayMs, jitterMs } = this.options;
    return new Wire(this.queue, this.#network, { delayMs, jitterMs, lossShare: 0 }, ends);
  }

  /** One server calls another. */
  dial(process: Process, address: string): Promise<WireEnd> {
    const near = new WireEnd(process, 'up');
    return new Promise((resolve, reject) => {
      const fail = () =>
        process.happen(() => reject(new GridError('unreachable', `${address} does not answer.`)));
      const server = this.servers.find(({ name }) => name === address);
      const far = server?.isServing ? server.newEnd() : undefined;
      if (!server || !far) return void this.queue.after(1_000, fail);
      const wire = this.newWire({
        onTabCut: () => {
          fail();
          near.lost();
        },
        onHostCut: () => far.lost(),
      });
      near.join(wire, far);
      far.join(wire, near);
      wire.send('up', () => {
        if (!server.isServing) return fail();
        server.accept(wire, far);
        wire.send('down', () => process.happen(() => resolve(near)));
      });
    });
  }

  /** A row that was told has the same number for ever. */
  checkCursor(job: PlannedJob, told: number, cursor: number): void {
    if (told === cursor) return;
    this.#problem ??= new Violation(
      `SV3: ${told} rows of job ${job.number} were told as ${cursor}`,
    );
  }

  /** Asked for in order, the rows of a part are over when those of the next come. */
  checkOrder(job: PlannedJob, part: number, newest: number): void {
    if (part === newest) return;
    this.#problem ??= new Violation(
      `CO243: rows of part ${part} of job ${job.number} came after those of ${newest}`,
    );
  }

  #begin(calmAt: number): void {
    for (const [i, server] of this.servers.entries()) {
      this.queue.after(i * 300, () => server.start());
    }
    this.#robots.forEach((robot, i) => void this.queue.after(i * 100, () => robot.begin()));
    this.queue.after(500, () => this.#customer.begin());
    for (const job of this.#jobs) {
      this.queue.after(job.plan.submitAtMs, () => this.#customer.submit(job));
    }
    new GroupFaults(this, new Prng(this.options.seed, 'faults'), calmAt).start();
  }

  get #isSubmitted(): boolean {
    return this.#customer.orders.size === this.#jobs.length;
  }

  /** One thing after the other, each with all that follows from it at once. */
  async #advance(until: number, isDone: () => boolean): Promise<void> {
    while (!isDone() && this.queue.next(until)) {
      await settled();
      if (this.#problem) throw this.#problem;
    }
  }

  #judge(): void {
    for (const { job, told, isDone } of this.#customer.orders.values()) {
      if (!isDone)
        violated('liveness', `job ${job.number} did not end: ${told.flat().length} rows`);
      const parts = this.#checker.partsOf(job.jobId);
      for (const [at, part] of parts.entries()) this.#checkTold(job, part, told[at] ?? []);
    }
    this.#checker.judge();
  }

  #checkTold(job: PlannedJob, part: JobId, told: readonly string[]): void {
    const kept = this.store.rows(rowsOf(part)).map((bytes) => {
      const row = decodeRow(bytes);
      return isRun(row)
        ? `${row.from}:${valuesOf(row.values)?.join()}`
        : `${row.index}!${row.code}`;
    });
    if (kept.join(';') === told.join(';')) return;
    violated('SV3', `of job ${job.number} other rows were told than are kept`);
  }

  /** What a checker throws inside a server must end the world, and not be taken for a failing store. */
  #guarded(): GroupChecker {
    return new Proxy(this.#checker, {
      get: (checker, name) => {
        const method: unknown = Reflect.get(checker, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          try {
            return method.apply(checker, args);
          } catch (thrown) {
            this.#problem ??= thrown;
          }
        };
      },
    });
  }
}

/** All promises that could go on have done so. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
