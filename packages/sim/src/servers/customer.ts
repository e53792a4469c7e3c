import {
  type CoordinatorMessage,
  coordinatorMessageSchema,
  decodeFrame,
  encodeFrame,
  hasEnded,
  type JobId,
  type JobSpec,
  type JobView,
  LIMITS,
  must,
  type Prng,
  type RowsMessage,
  type SubmitterMessage,
  type ToSubmitterMessage,
  toSubmitterMessageSchema,
  z,
} from '@manytabs/protocol';
import type { Wire } from '../wire.ts';
import { type PlannedJob, valuesOf } from '../workload.ts';
import type { GroupWorld } from './group-world.ts';
import type { ServerLink } from './server-link.ts';

interface Order {
  readonly job: PlannedJob;
  isAccepted: boolean;
  /** What was told of each row of each part, in order. */
  readonly told: string[][];
  /** It asks for the parts one after the other. */
  readonly isOrdered: boolean;
  /** How many rows there are, once the job has ended. */
  rows: number | undefined;
  isDone: boolean;
}

/** `servers` is said to tabs and to submitters. */
const incomingSchema = z.union([toSubmitterMessageSchema, coordinatorMessageSchema]);
type Incoming = ToSubmitterMessage | CoordinatorMessage;

const AGAIN_MS = 1_000;

/** A submitter: sends its jobs, follows them from row to row through whatever server answers, and forgets nothing. */
export class Customer {
  readonly orders = new Map<JobId, Order>();
  readonly #world: GroupWorld;
  readonly #prng: Prng;
  readonly #requests = new Map<
    number,
    { readonly order: Order; readonly type: 'submit' | 'watch' }
  >();
  #wire: Wire | undefined;
  #link: ServerLink | undefined;
  #request = 0;

  constructor(world: GroupWorld, prng: Prng) {
    this.#world = world;
    this.#prng = prng;
  }

  get wire(): Wire | undefined {
    return this.#wire;
  }

  get isDone(): boolean {
    return [...this.orders.values()].every(({ isDone }) => isDone);
  }

  begin(): void {
    this.#connect();
  }

  submit(job: PlannedJob): void {
    const isOrdered = job.number % 2 === 1;
    const state = { isAccepted: false, rows: undefined, isDone: false };
    const order: Order = { job, isOrdered, told: [], ...state };
    this.orders.set(job.jobId, order);
    if (this.#link) this.#ask(order);
  }

  #connect(): void {
    const server = this.#world.anyServer(this.#prng);
    if (!server) return void this.#world.queue.after(AGAIN_MS, () => this.#connect());
    let link: ServerLink | undefined;
    const wire = this.#world.newWire({
      onTabCut: () => this.#onCut(wire),
      onHostCut: () => link?.lost(),
    });
    this.#wire = wire;
    wire.send('up', () => {
      if (!server.isServing) return wire.break();
      link = server.attach(wire, (frame) => this.#onFrame(wire, frame));
      this.#link = link;
      for (const order of this.orders.values()) if (!order.isDone) this.#ask(order);
    });
  }

  #onCut(wire: Wire): void {
    if (this.#wire !== wire) return;
    this.#wire = undefined;
    this.#link = undefined;
    this.#requests.clear();
    this.#world.queue.after(AGAIN_MS, () => this.#connect());
  }

  #ask(order: Order): void {
    const request = ++this.#request;
    const { jobId } = order.job;
    if (!order.isAccepted) {
      this.#requests.set(request, { order, type: 'submit' });
      return this.#say({ type: 'submit', request, jobId, spec: specOf(order.job) });
    }
    this.#requests.set(request, { order, type: 'watch' });
    const isBroken = this.#world.options.isCursorBroken === true;
    const after = isBroken ? order.told.flat().length : order.told.map(({ length }) => length);
    const ordered = order.isOrdered;
    this.#say({ type: 'watch-job', request, jobId, after, rows: true, ordered });
  }

  #onFrame(wire: Wire, frame: Uint8Array): void {
    if (wire !== this.#wire) return;
    const messages = decodeFrame<Incoming>(frame, incomingSchema, LIMITS.BULK_BYTES_MAX);
    for (const message of messages) this.#onMessage(message);
  }

  #onMessage(message: Incoming): void {
    switch (message.type) {
      case 'answer':
        return this.#onAnswer(message.request);
      case 'refused':
        return this.#onRefused(message.request, `${message.code} ${message.message}`);
      case 'rows':
        return this.#onRows(message);
      case 'job-progress':
        return this.#onProgress(message.watch, message.view as JobView, message.rows);
      default:
        return;
    }
  }

  #onAnswer(request: number): void {
    const asked = this.#requests.get(request);
    if (asked?.type !== 'submit') return;
    this.#requests.delete(request);
    if (!asked.order.isAccepted) this.#world.note('accepted', asked.order.job.number);
    asked.order.isAccepted = true;
    this.#ask(asked.order);
  }

  #onRefused(request: number, why: string): void {
    const asked = this.#requests.get(request);
    if (!asked) return;
    this.#requests.delete(request);
    this.#world.note('refused', asked.order.job.number, () => why);
    const wire = this.#wire;
    this.#world.queue.after(AGAIN_MS, () => {
      if (this.#wire === wire && !asked.order.isDone) this.#ask(asked.order);
    });
  }

  #onRows({ watch, part = 0, cursor, runs, failures }: RowsMessage): void {
    const order = this.#requests.get(watch)?.order;
    if (!order) return;
    while (order.told.length <= part) order.told.push([]);
    const told = must(order.told[part], 'a part');
    for (const { from, values } of runs) told.push(`${from}:${valuesOf(values)?.join()}`);
    for (const { index, code } of failures) told.push(`${index}!${code}`);
    this.#world.note('rows', order.job.number, () => `${part}: ${told.length}`, told.length);
    this.#world.checkCursor(order.job, told.length, cursor);
    if (order.isOrdered) this.#world.checkOrder(order.job, part, order.told.length - 1);
    this.#say({ type: 'rows-taken', watch, cursor, part });
    this.#finish(order);
  }

  #finish(order: Order): void {
    if (order.isDone || order.rows !== order.told.flat().length) return;
    order.isDone = true;
    this.#world.note('done', order.job.number);
  }

  #onProgress(watch: number, view: JobView, rows: number): void {
    const order = this.#requests.get(watch)?.order;
    if (!order || !hasEnded(view.state)) return;
    order.rows = rows;
    this.#finish(order);
  }

  #say(message: SubmitterMessage): void {
    const [wire, link] = [this.#wire, this.#link];
    if (!wire || !link) return;
    const frame = encodeFrame([message]);
    wire.send('up', () => link.receive(frame));
  }
}

function specOf(job: PlannedJob): JobSpec {
  const spec = job.spec();
  return { ...spec, program: { ...spec.program, rangeFrom: 0 } };
}
