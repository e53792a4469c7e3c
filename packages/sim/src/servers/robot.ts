import {
  type AssignMessage,
  type CoordinatorMessage,
  coordinatorMessageSchema,
  decodeFrame,
  encodeFrame,
  type LeaseId,
  LIMITS,
  type Prng,
  type VolunteerId,
  type VolunteerMessage,
} from '@manytabs/protocol';
import type { Wire } from '../wire.ts';
import { columnOf, letters, type PlannedJob } from '../workload.ts';
import type { GroupWorld } from './group-world.ts';
import type { ServerLink } from './server-link.ts';

interface Work {
  readonly assign: AssignMessage;
  /** It is computed, and waits for a link. */
  isDone: boolean;
}

const RECONNECT_MS = 500;

/** A tab in short: computes what it is given, keeps it over lost links and shows its leases at the next server. */
export class Robot {
  readonly volunteer: VolunteerId;
  readonly #world: GroupWorld;
  readonly #prng: Prng;
  readonly #work = new Map<LeaseId, Work>();
  #wire: Wire | undefined;
  #link: ServerLink | undefined;
  #isWelcome = false;

  constructor(world: GroupWorld, number: number, prng: Prng) {
    this.#world = world;
    this.volunteer = `v${letters(number, 26)}` as VolunteerId;
    this.#prng = prng;
  }

  get wire(): Wire | undefined {
    return this.#wire;
  }

  begin(): void {
    this.#connect();
    this.#beat();
  }

  #connect(): void {
    const server = this.#world.anyServer(this.#prng);
    if (!server) return void this.#world.queue.after(RECONNECT_MS, () => this.#connect());
    let link: ServerLink | undefined;
    const wire = this.#world.newWire({
      onTabCut: () => this.#onCut(wire),
      onHostCut: () => link?.lost(),
    });
    this.#wire = wire;
    wire.send('up', () => {
      if (!server.isServing) return wire.break();
      link = server.join(this.volunteer, wire, (frame) => this.#onFrame(wire, frame));
      this.#link = link;
    });
  }

  #onCut(wire: Wire): void {
    if (this.#wire !== wire) return;
    this.#wire = undefined;
    this.#link = undefined;
    this.#isWelcome = false;
    const waitMs = RECONNECT_MS + this.#prng.int(RECONNECT_MS);
    this.#world.queue.after(waitMs, () => this.#connect());
  }

  #onFrame(wire: Wire, frame: Uint8Array): void {
    if (wire !== this.#wire) return;
    const messages = decodeFrame<CoordinatorMessage>(
      frame,
      coordinatorMessageSchema,
      LIMITS.BULK_BYTES_MAX,
    );
    for (const message of messages) this.#onMessage(message);
  }

  #onMessage(message: CoordinatorMessage): void {
    if (message.type === 'welcome') this.#resume();
    if (message.type === 'assign') this.#compute(message);
    if (message.type !== 'revoke') return;
    for (const lease of message.leases) this.#work.delete(lease);
  }

  #resume(): void {
    this.#isWelcome = true;
    this.#heartbeat();
    const leases = [...this.#work.values()].map(({ assign }) => {
      const { lease, jobId, from, to, proof } = assign;
      return { lease, jobId, from, to, proof, next: from };
    });
    if (leases.length > 0) this.#say({ type: 'resume', leases });
    for (const work of [...this.#work.values()]) if (work.isDone) this.#report(work);
  }

  #compute(assign: AssignMessage): void {
    const work: Work = { assign, isDone: false };
    this.#work.set(assign.lease, work);
    const job = this.#world.jobOf(assign.jobId);
    if (!job) return;
    this.#world.queue.after(costMs(job, assign), () => {
      if (this.#work.get(assign.lease) !== work) return;
      work.isDone = true;
      if (this.#isWelcome) this.#report(work);
    });
  }

  #report({ assign }: Work): void {
    const { jobId, lease, from, to } = assign;
    const job = this.#world.jobOf(jobId);
    if (!job) return;
    const values = Array.from({ length: to - from }, (_, i) => job.honestValue(from + i));
    const busyMs = Math.ceil(costMs(job, assign));
    this.#say({ type: 'results', lease, from, values: columnOf(values), busyMs });
    this.#work.delete(lease);
  }

  #beat(): void {
    this.#world.queue.after(LIMITS.HEARTBEAT_MS, () => {
      if (this.#isWelcome) this.#heartbeat();
      this.#beat();
    });
  }

  #heartbeat(): void {
    const running = Math.min(1, this.#work.size);
    this.#say({ type: 'heartbeat', workers: 1, accepting: true, running });
  }

  #say(message: VolunteerMessage): void {
    const [wire, link] = [this.#wire, this.#link];
    if (!wire || !link) return;
    const frame = encodeFrame([message]);
    wire.send('up', () => link.receive(frame));
  }
}

function costMs(job: PlannedJob, { from, to }: AssignMessage): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += job.costMs(index);
  return sum;
}
