import {
  Coordinator,
  type CoordinatorEffect,
  type CoordinatorEvent,
  type JournalRecord,
  type WorkMessage,
} from '@manytabs/kernel';
import {
  type AssignMessage,
  type CoordinatorMessage,
  hasEnded,
  Prng,
  type SessionId,
  type ShardId,
  sessionId,
  unreachable,
} from '@manytabs/protocol';
import { CommitQueue, type Said } from './commit-queue.ts';
import { type Appointment, cancel } from './event-queue.ts';
import { Journal } from './journal.ts';
import type { KnownLease, Outgoing } from './mischief.ts';
import type { Tab } from './tab.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

export type Downward =
  | CoordinatorMessage
  | { readonly type: 'push'; readonly shard: ShardId; readonly bytes: number };

interface Session {
  readonly id: SessionId;
  readonly tab: Tab;
  readonly wire: Wire;
  readonly deliver: (messages: readonly Downward[]) => void;
  outgoing: Downward[];
}

type Untimed<E> = E extends CoordinatorEvent ? Omit<E, 'at'> : never;

const LEASES_KNOWN_MAX = 1_000;
/** There is room for older ones. */
const FIRST_EPOCH = 100_000;

/** What a person or a program wants done; it is said again when nobody was there to hear it. */
type Order = Untimed<
  Extract<CoordinatorEvent, { type: 'job-submitted' | 'job-extended' | 'job-controlled' }>
>;

/** How the coordinator dies. */
interface Death {
  readonly downMs: number;
  /** What it said in its last step goes down with it. */
  readonly isSentLost: boolean;
  /** A commit that was under way is in the journal all the same. */
  readonly isWritten?: boolean;
  /** How far the system's clock is from the world's in the next life, in ms. */
  readonly skewMs?: number;
  /** Another coordinator, which was there before, goes on with its jobs; else it comes back itself. */
  readonly isTakenOver?: boolean;
}

/** The shell around the real coordinator: carries out its effects and tells the checkers what it saw. */
export class Host {
  readonly #world: World;
  readonly #seed: number;
  readonly #journal = new Journal();
  readonly #sessions = new Map<SessionId, Session>();
  /** Leases given out lately, for thieves. */
  readonly #leases: KnownLease[] = [];
  #sessionCount = 0;
  #timer: Appointment | undefined;
  #steps = 0;
  #epoch = FIRST_EPOCH;
  #newest = FIRST_EPOCH;
  #oldest = FIRST_EPOCH;
  #machine: Coordinator;
  #isDown = false;
  readonly #orders: Order[] = [];
  #isOrderSaid = false;
  #skewMs = 0;
  readonly #commits: CommitQueue;
  #death: (Death & { after: number }) | undefined;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#seed = seed;
    this.#machine = new Coordinator({ seed, epoch: this.#epoch });
    const store = new Prng(seed, 'store');
    const { commitMsMax } = world.options;
    this.#commits = new CommitQueue({
      queue: world.queue,
      commitMs: () => (commitMsMax === 0 ? 0 : store.int(commitMsMax + 1)),
      write: (records) => this.#write(records),
      onStalled: (isStalled) => this.step({ type: 'stalled', isStalled }),
      perform: (said) => this.#carryOut(said),
    });
  }

  get machine(): Coordinator {
    return this.#machine;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** The coordinator dies once it has carried out so many effects more; a step without any counts as one. */
  crashAfter(effects: number, death: Death): void {
    if (!this.#isDown) this.#death = { ...death, after: effects };
  }

  /** The coordinator dies now, whatever is under way. */
  crash(death: Death): void {
    if (this.#isDown) return;
    this.#death = { ...death, after: 0 };
    this.#die(new Set());
  }

  /** The store refuses for a while. */
  stall(ms: number): void {
    this.#world.trace.add(this.#world.queue.now, 'stall', this.#epoch, ms);
    this.#commits.stall(ms);
  }

  /** Folds what is in the journal, but for the newest records. */
  fold(keep: number): void {
    const before = this.#journal.size;
    this.#journal.fold(keep);
    this.#world.trace.add(this.#world.queue.now, 'fold', this.#epoch, before, this.#journal.size);
  }

  /** Whoever gives an order gives it again after a restart, unless the step that took it came to its end. */
  order(order: Order): void {
    this.#orders.push(order);
    this.#takeOrders();
  }

  #takeOrders(): void {
    const [order] = this.#orders;
    if (!order || this.#isDown || this.#isOrderSaid) return;
    this.#isOrderSaid = true;
    this.step(order, () => {
      this.#isOrderSaid = false;
      this.#orders.shift();
      this.#takeOrders();
    });
  }

  get steps(): number {
    return this.#steps;
  }

  anyLease(pick: (below: number) => number): KnownLease | undefined {
    return this.#leases[pick(this.#leases.length)];
  }

  /** A volunteer that has proven who it is. */
  join(
    tab: Tab,
    wire: Wire,
    deliver: (messages: readonly Downward[]) => void,
  ): (messages: readonly Outgoing[]) => void {
    const id = sessionId(++this.#sessionCount);
    this.#sessions.set(id, { id, tab, wire, deliver, outgoing: [] });
    this.#world.tell((facts) => facts.onJoined?.(this.#world.queue.now, id, tab.browser.volunteer));
    this.step({
      type: 'volunteer-joined',
      session: id,
      volunteer: tab.browser.volunteer,
      peer: tab.peer,
      workers: tab.browser.workers,
      agent: 'simulated',
      road: 'memory',
      trusted: false,
    });
    return (messages) => wire.send('up', () => this.#receive(id, messages));
  }

  onCut(wire: Wire): void {
    for (const session of this.#sessions.values()) {
      if (session.wire === wire) this.#leave(session, 'the link broke');
    }
  }

  /** `done`: all that the machine said of it is durable and sent. */
  step(event: Untimed<CoordinatorEvent>, done = () => {}): void {
    const told = { ...event, at: this.#world.queue.now + this.#skewMs } as CoordinatorEvent;
    this.#world.record?.(told);
    const effects = this.machine.step(told);
    this.#steps++;
    // What a slow store holds back was decided now, and is judged by what was known now.
    if (this.#isSlow) for (const effect of effects) this.#tellLeases(effect);
    this.#commits.push({ effects, done });
    this.#world.onHostStep(event.type);
    if (!this.#isDown) this.#arm();
  }

  get #isSlow(): boolean {
    const { commitMsMax, stallEveryMs } = this.#world.options;
    return commitMsMax > 0 || stallEveryMs > 0;
  }

  #tellLeases(effect: CoordinatorEffect): void {
    const { now } = this.#world.queue;
    if (effect.type === 'close') {
      return this.#world.tell((facts) => facts.onLeft?.(now, effect.session));
    }
    if (effect.type !== 'send') return;
    const { to, message } = effect;
    this.#world.tell((facts) => {
      if (message.type === 'assign') facts.onAssigned?.(now, to, message);
      if (message.type === 'revoke') facts.onRevoked?.(now, to, message.leases);
    });
  }

  #carryOut(said: readonly Said[]): void {
    for (const [i, { effects, done }] of said.entries()) {
      const touched = new Set<Session>();
      for (const [j, effect] of effects.entries()) {
        this.#perform(effect, touched);
        if (this.#isLast()) {
          this.#tellRecords([...effects.slice(j + 1), ...effectsOf(said.slice(i + 1))]);
          return this.#die(touched);
        }
      }
      if (effects.length === 0 && this.#isLast()) {
        this.#tellRecords(effectsOf(said.slice(i + 1)));
        return this.#die(touched);
      }
      for (const session of touched) this.#depart(session);
      done();
      if (this.#isDown) return;
    }
  }

  #write(records: readonly JournalRecord[]): void {
    for (const record of records) this.#journal.append(record);
  }

  /** The records of what was not carried out any more are in the journal as well. */
  #tellRecords(effects: readonly CoordinatorEffect[]): void {
    for (const effect of effects) if (effect.type === 'append') this.#append(effect.record);
  }

  #isLast(): boolean {
    return this.#death !== undefined && --this.#death.after === 0;
  }

  /** Effects that were not carried out are gone, as is everything but the journal. */
  #die(touched: ReadonlySet<Session>): void {
    const { now } = this.#world.queue;
    const {
      downMs = 0,
      isSentLost = false,
      isWritten = false,
      skewMs = 0,
      isTakenOver = false,
    } = this.#death ?? {};
    this.#skewMs = skewMs;
    this.#isOrderSaid = false;
    for (const record of this.#commits.die(isWritten)) this.#append(record);
    this.#world.trace.add(now, 'crash', this.#epoch, this.#journal.size, downMs);
    this.#death = undefined;
    this.#isDown = true;
    cancel(this.#timer);
    if (!isSentLost) for (const session of touched) this.#depart(session);
    for (const { id, wire } of this.#sessions.values()) {
      this.#world.tell((facts) => facts.onLeft?.(now, id));
      wire.break();
    }
    this.#sessions.clear();
    this.#world.tell((facts) => facts.onCrashed?.(now));
    this.#world.queue.after(downMs, () => this.#restart(isTakenOver));
  }

  #restart(isTakenOver: boolean): void {
    const { now } = this.#world.queue;
    // An heir has lived for longer than those whose leases it meets.
    this.#epoch = isTakenOver ? --this.#oldest : ++this.#newest;
    const kind = isTakenOver ? 'takeover' : 'restart';
    this.#world.trace.add(now, kind, this.#epoch, this.#journal.size);
    this.#machine = new Coordinator({ seed: this.#seed, epoch: this.#epoch });
    const records = this.#journal.read();
    if (isTakenOver) {
      this.#machine.step({ type: 'tick', at: now + this.#skewMs });
      this.#machine.adopt(records);
    } else for (const record of records) this.#machine.replay(record);
    this.#machine.check();
    this.#isDown = false;
    this.#world.tell((facts) => facts.onRestarted?.(now, this.#machine.jobs()));
    this.step({ type: 'tick' });
    this.#takeOrders();
  }

  #receive(id: SessionId, messages: readonly Outgoing[]): void {
    for (const message of messages) {
      const session = this.#sessions.get(id);
      if (!session) return;
      if (message.type === 'goodbye') {
        this.#leave(session, message.reason);
        return;
      }
      this.#take(id, message);
    }
  }

  #take(id: SessionId, message: WorkMessage): void {
    const { now } = this.#world.queue;
    const [a, b] = numbersOf(message);
    this.#world.trace.add(now, message.type, id, a, b);
    this.#world.tell((facts) => facts.onDelivered?.(now, id, message));
    this.step({ type: 'message-received', session: id, message });
  }

  #leave(session: Session, reason: string): void {
    const { now } = this.#world.queue;
    if (!this.#sessions.delete(session.id)) return;
    this.#world.trace.add(now, 'left', session.id, session.tab.number);
    this.#world.tell((facts) => facts.onLeft?.(now, session.id));
    session.wire.close('host');
    this.step({ type: 'volunteer-left', session: session.id, reason });
  }

  #perform(effect: CoordinatorEffect, touched: Set<Session>): void {
    switch (effect.type) {
      case 'append':
        this.#append(effect.record);
        break;
      case 'send':
        this.#send(effect.to, effect.message, touched);
        break;
      case 'send-shard': {
        const bytes = this.#world.bytesOf(effect.shard);
        if (bytes === undefined) break;
        this.#queue(effect.to, { type: 'push', shard: effect.shard, bytes }, touched);
        break;
      }
      case 'close':
        this.#close(effect.session, effect.code);
        break;
      case 'forget':
        this.#journal.drop(effect.jobId);
        break;
      case 'check-shard':
      case 'log':
      case 'preview':
      case 'quarantined':
      case 'retry':
      case 'provisional':
      case 'retracted':
        break;
      default:
        unreachable(effect);
    }
  }

  #append(record: JournalRecord): void {
    if (record.type === 'standing') return;
    this.#world.tell((facts) => facts.onRecord?.(record));
    if (record.type === 'job-state' && hasEnded(record.state)) {
      this.#world.onJobEnded(record.jobId, record.state);
    }
  }

  #send(to: SessionId, message: CoordinatorMessage, touched: Set<Session>): void {
    const { now } = this.#world.queue;
    this.#world.tell((facts) => facts.onSent?.(now, to, message));
    if (!this.#isSlow) this.#tellLeases({ type: 'send', to, message });
    if (message.type === 'assign') {
      this.#note(to, message);
      this.#world.trace.add(now, 'assign', to, message.lease, message.to - message.from);
    } else if (message.type !== 'job') this.#world.trace.add(now, message.type, to);
    this.#queue(to, message, touched);
  }

  #note(to: SessionId, assign: AssignMessage): void {
    const holder = this.#sessions.get(to)?.tab.browser.volunteer;
    if (holder) this.#leases.push({ assign, holder });
    if (this.#leases.length > LEASES_KNOWN_MAX) this.#leases.splice(0, LEASES_KNOWN_MAX / 2);
  }

  #queue(to: SessionId, message: Downward, touched: Set<Session>): void {
    const session = this.#sessions.get(to);
    if (!session) return;
    session.outgoing.push(message);
    touched.add(session);
  }

  #depart(session: Session): void {
    const messages = session.outgoing;
    session.outgoing = [];
    session.wire.send('down', () => session.deliver(messages));
  }

  /** The coordinator has forgotten it already; only the link is left to close. */
  #close(id: SessionId, code: string): void {
    const session = this.#sessions.get(id);
    if (!session) return;
    const { now } = this.#world.queue;
    this.#world.trace.add(now, 'close', id, session.tab.number, 0, () => code);
    if (!this.#isSlow) this.#world.tell((facts) => facts.onLeft?.(now, id));
    this.#depart(session);
    this.#sessions.delete(id);
    session.wire.close('host');
  }

  #arm(): void {
    const due = this.machine.wakeAt();
    if (due === undefined) return;
    const at = Math.max(due - this.#skewMs, this.#world.queue.now);
    if (this.#timer?.run && this.#timer.at <= at) return;
    cancel(this.#timer);
    const timer = this.#world.queue.at(at, () => {
      timer.run = undefined;
      const due = this.machine.wakeAt();
      if (due !== undefined && due - this.#skewMs <= this.#world.queue.now)
        this.step({ type: 'tick' });
      else this.#arm();
    });
    this.#timer = timer;
  }
}

function effectsOf(said: readonly Said[]): CoordinatorEffect[] {
  return said.flatMap(({ effects }) => effects);
}

/** Two numbers that tell one message of a type from another. */
function numbersOf(message: WorkMessage): [number, number] {
  switch (message.type) {
    case 'results':
      return [message.lease, message.from];
    case 'task-failed':
      return [message.lease, message.index];
    case 'leases-returned':
      return [message.leases[0] ?? 0, message.leases.length];
    case 'heartbeat':
      return [message.running, message.accepting ? 1 : 0];
    case 'held':
      return [message.added.length, message.dropped.length];
    case 'resume':
      return [message.leases[0]?.lease ?? 0, message.leases.length];
    default:
      return [0, 0];
  }
}
