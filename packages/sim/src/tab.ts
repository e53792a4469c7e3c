import { Volunteer, type VolunteerEffect, type VolunteerEvent } from '@manytabs/kernel';
import {
  COORDINATOR_PEER_ID,
  type CoordinatorMessage,
  type PeerId,
  type Prng,
  type ShardId,
  unreachable,
  type VolunteerId,
} from '@manytabs/protocol';
import { type Appointment, cancel } from './event-queue.ts';
import { Mischief, type Outgoing } from './mischief.ts';
import type { Behaviour } from './options.ts';
import type { Wire } from './wire.ts';
import { letters } from './workload.ts';
import { type Tell, Workshop } from './workshop.ts';
import type { World } from './world.ts';

type Heard = Extract<VolunteerEvent, { type: 'message-received' }>['message'];

/** What a browser keeps over visits: who it is and what it stores. */
export interface Browser {
  readonly number: number;
  readonly volunteer: VolunteerId;
  readonly behaviour: Behaviour;
  readonly workers: number;
  readonly store: Map<ShardId, number>;
}

export function browserOf(
  number: number,
  traits: { behaviour: Behaviour; workers: number },
): Browser {
  const volunteer = `v${letters(number, 26)}` as VolunteerId;
  return { number, volunteer, ...traits, store: new Map() };
}

const RECONNECT_MS = 1_000;
const FETCH_MS = 50;
const OPEN_MS = 30;

/** One visit of one browser: the real volunteer machine in a page of wires, stores and timers that are not real. */
export class Tab {
  readonly browser: Browser;
  readonly machine: Volunteer;
  readonly #world: World;
  readonly #prng: Prng;
  readonly #workshop: Workshop;
  readonly #mischief: Mischief;
  #wire: Wire | undefined;
  #send: ((messages: readonly Outgoing[]) => void) | undefined;
  #timer: Appointment | undefined;
  #isGone = false;
  #isFrozen = false;
  #isPaused = false;
  /** What could not happen because it is frozen. */
  readonly #waiting: (() => void)[] = [];
  /** Messages of the step at work, to leave together. */
  #outgoing: Outgoing[] = [];

  constructor(world: World, browser: Browser, prng: Prng) {
    this.#world = world;
    this.browser = browser;
    this.#prng = prng;
    this.machine = new Volunteer({ workers: browser.workers, seed: prng.uint32() });
    this.#mischief = new Mischief(browser.behaviour, {
      prng: prng.fork('mischief'),
      number: browser.number,
      volunteer: browser.volunteer,
      anyLease: () => world.anyLease(),
    });
    this.#workshop = new Workshop({
      queue: world.queue,
      tell: (event) => this.#tell(event),
      jobOf: (jobId) => world.jobOf(jobId),
      slowness: this.#mischief.slowness,
      valueOf: (job, index) => this.#mischief.valueOf(job, index),
      failsAnyway: () => this.#mischief.failsAnyway(),
      happen: (run) => this.happen(run),
    });
  }

  get peer(): PeerId {
    return this.browser.volunteer as string as PeerId;
  }

  get number(): number {
    return this.browser.number;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get isLinked(): boolean {
    return this.machine.view().linked;
  }

  get wire(): Wire | undefined {
    return this.#wire;
  }

  open(): void {
    for (const [shard, bytes] of this.browser.store) {
      this.#tell({ type: 'shard-stored', shard, bytes });
    }
    this.#tell({ type: 'commanded', command: 'start' });
    this.#connect();
  }

  /** The page is closed; only its browser's store remains. */
  vanish(): void {
    this.#end();
    this.#wire?.break();
  }

  /** The person presses a button. */
  press(button: 'pause' | 'start' | 'finish' | 'stop'): void {
    this.#isPaused = button === 'pause';
    this.happen(() => this.#tell({ type: 'commanded', command: button }));
  }

  /** A frozen page runs nothing, hears nothing and forgets nothing. */
  freeze(ms: number): void {
    if (this.#isFrozen || this.#isGone) return;
    this.#isFrozen = true;
    this.#world.queue.after(ms, () => this.#thaw());
  }

  /** All that was done to it on purpose is over. */
  calm(): void {
    if (this.#isPaused) this.press('start');
    this.#wire?.heal();
  }

  happen(run: () => void): void {
    if (this.#isGone) return;
    if (this.#isFrozen) this.#waiting.push(run);
    else run();
  }

  /** Whether another tab gets the shard from here. */
  serves(shard: ShardId): boolean {
    return !this.#isGone && !this.#isFrozen && this.browser.store.has(shard);
  }

  #thaw(): void {
    this.#isFrozen = false;
    for (const run of this.#waiting.splice(0)) this.happen(run);
  }

  #end(): void {
    this.#isGone = true;
    this.#workshop.close();
    cancel(this.#timer);
    this.#waiting.length = 0;
  }

  #connect(): void {
    if (this.#isGone) return;
    const { wire, send } = this.#world.link(this, {
      onWelcome: () => this.happen(() => this.#tell({ type: 'linked' })),
      onMessages: (messages) => this.happen(() => this.#hear(messages)),
      onCut: () => this.happen(() => this.#onCut(wire)),
    });
    this.#wire = wire;
    this.#send = send;
  }

  #onCut(wire: Wire): void {
    if (this.#wire !== wire) return;
    this.#wire = undefined;
    this.#send = undefined;
    if (this.isLinked) this.#tell({ type: 'unlinked' });
    const waitMs = RECONNECT_MS + this.#prng.int(RECONNECT_MS);
    this.#world.queue.after(waitMs, () => this.happen(() => this.#connect()));
  }

  #hear(
    messages: readonly (CoordinatorMessage | { type: 'push'; shard: ShardId; bytes: number })[],
  ) {
    for (const message of messages) {
      if (message.type === 'push') this.#store(message.shard, message.bytes);
      else this.#tell({ type: 'message-received', message: message as Heard });
    }
  }

  #store(shard: ShardId, bytes: number): void {
    this.browser.store.set(shard, bytes);
    this.#tell({ type: 'shard-stored', shard, bytes });
  }

  #tell: Tell = (event) => {
    if (this.#isGone) return;
    const { queue } = this.#world;
    const effects = this.machine.step({ ...event, at: queue.now } as VolunteerEvent);
    this.#world.onTabStep(this, event.type);
    for (const effect of effects) this.#perform(effect);
    this.#depart();
    this.#arm();
  };

  #perform(effect: VolunteerEffect): void {
    switch (effect.type) {
      case 'send':
        this.#outgoing.push(...this.#mischief.send(effect.message));
        break;
      case 'open-job':
        this.#later(OPEN_MS, { type: 'job-opened', jobId: effect.job.jobId });
        break;
      case 'close-job':
        this.#workshop.killJob(effect.jobId);
        break;
      case 'run':
        this.#workshop.run(effect);
        break;
      case 'kill-run':
        this.#workshop.kill(effect.lease);
        break;
      case 'hold':
        this.#workshop.hold(effect.held);
        break;
      case 'fetch':
        this.#fetch(effect.shard, effect.from);
        break;
      case 'persist':
        // Its store keeps what is small too.
        break;
      case 'drop-shard':
        this.browser.store.delete(effect.shard);
        break;
      case 'stopped':
        this.#depart();
        this.#end();
        this.#wire?.close('tab');
        break;
      default:
        unreachable(effect);
    }
  }

  #depart(): void {
    const messages = this.#outgoing;
    if (messages.length === 0) return;
    this.#outgoing = [];
    this.#send?.(messages);
  }

  #later(ms: number, event: Parameters<Tell>[0]): void {
    this.#world.queue.after(ms, () => this.happen(() => this.#tell(event)));
  }

  /** From a tab it takes a while or fails; from the coordinator it comes over the wire, if there is one. */
  #fetch(shard: ShardId, from: PeerId): void {
    const bytes = this.#world.bytesOf(shard);
    const fail = (code: 'shard-missing' | 'unreachable' | 'timeout', ms: number) =>
      this.#later(ms, { type: 'fetch-failed', shard, from, code });
    if (from === COORDINATOR_PEER_ID) {
      if (!this.isLinked) fail('unreachable', 1);
      else if (bytes === undefined) fail('shard-missing', FETCH_MS);
      else this.#world.queue.after(FETCH_MS, () => this.happen(() => this.#store(shard, bytes)));
      return;
    }
    this.#world.queue.after(FETCH_MS, () => {
      const holder = this.#world.tabOf(from);
      if (this.#prng.chance(this.#world.options.fetchFailShare)) fail('timeout', 5_000);
      else if (!holder) fail('unreachable', 1_000);
      else if (!holder.serves(shard) || bytes === undefined) fail('shard-missing', 1);
      else this.happen(() => this.#store(shard, bytes));
    });
  }

  /** One timer: early is harmless, so it is only moved forward. */
  #arm(): void {
    const at = this.machine.wakeAt();
    if (at === undefined || this.#isGone) return;
    if (this.#timer?.run && this.#timer.at <= at) return;
    cancel(this.#timer);
    const timer = this.#world.queue.at(at, () => this.happen(() => this.#wake(timer)));
    this.#timer = timer;
  }

  #wake(timer: Appointment): void {
    timer.run = undefined;
    const at = this.machine.wakeAt();
    if (at !== undefined && at <= this.#world.queue.now) this.#tell({ type: 'tick' });
    else this.#arm();
  }
}
