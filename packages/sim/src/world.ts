import type { CoordinatorEvent } from '@manytabs/kernel';
import {
  type JobId,
  type JobState,
  LIMITS,
  type PeerId,
  Prng,
  type ShardId,
} from '@manytabs/protocol';
import { allCheckers, type Checker } from './checkers/checker.ts';
import { EventQueue } from './event-queue.ts';
import { type Facts, violated } from './facts.ts';
import { Faults } from './faults.ts';
import { type Downward, Host } from './host.ts';
import type { KnownLease, Outgoing } from './mischief.ts';
import { BEHAVIOURS, type WorldOptions } from './options.ts';
import { type Browser, browserOf, Tab } from './tab.ts';
import type { Trace } from './trace.ts';
import { Wire } from './wire.ts';
import { PlannedJob } from './workload.ts';

const START_AT = 1_700_000_000_000;
/** How much may happen at one moment before it is taken for a loop without end. */
const MOMENT_EVENTS_MAX = 200_000;
/** The machines walk all they know to check themselves: not after each of many steps. */
const CHECK_EVERY_STEPS = 64;

export interface TabEnds {
  readonly onWelcome: () => void;
  readonly onMessages: (messages: readonly Downward[]) => void;
  readonly onCut: () => void;
}

/**
 * A grid in one process: the real coordinator, real volunteer machines, and everything else made up. Nothing in it
 * depends on anything but its options.
 */
export class World {
  readonly options: WorldOptions;
  readonly queue = new EventQueue(START_AT);
  readonly trace: Trace;
  readonly record: ((event: CoordinatorEvent) => void) | undefined;
  readonly jobs: PlannedJob[];
  readonly checkers: readonly Checker[];
  readonly host: Host;
  readonly #network: Prng;
  readonly #births: Prng;
  readonly #tabs = new Map<PeerId, Tab>();
  readonly #jobOf = new Map<string, PlannedJob>();
  readonly #bytesOf = new Map<ShardId, number>();
  readonly #ended = new Map<JobId, JobState>();
  #browserCount = 0;
  #isCalm = false;
  #machineSteps = 0;
  #momentAt = 0;
  #momentEvents = 0;

  constructor(
    options: WorldOptions,
    tools: {
      trace: Trace;
      record?: ((event: CoordinatorEvent) => void) | undefined;
      checkers?: readonly Checker[] | undefined;
    },
  ) {
    this.options = options;
    this.trace = tools.trace;
    this.record = tools.record;
    this.#network = new Prng(options.seed, 'network');
    this.#births = new Prng(options.seed, 'births');
    this.jobs = options.jobs.map((plan, i) => new PlannedJob(plan, i, options.seed));
    this.checkers = tools.checkers ?? allCheckers(options);
    this.host = new Host(this, options.seed);
    for (const job of this.jobs) this.#know(job);
  }

  get isCalm(): boolean {
    return this.#isCalm;
  }

  /** Both phases: faults, then calm in which everything must come to its end. */
  run(): void {
    this.#populate();
    this.#planJobs();
    const { faultMs, calmMs } = this.options;
    const calmAt = START_AT + faultMs;
    new Faults(this, new Prng(this.options.seed, 'faults'), calmAt).start();
    this.#advance(calmAt, () => false);
    this.#calmDown();
    this.#awaitReplicas();
    this.#advance(this.queue.now + calmMs, () => this.#isOver || this.#isDeserted);
    if (this.#isDeserted) this.#repopulate();
    this.#advance(this.queue.now + calmMs, () => this.#isOver);
    this.#judge();
    if (this.checkers.length === 0) return;
    this.#advance(this.queue.now + SWEEP_MS, () => false);
    this.#showStores();
    for (const checker of this.checkers) {
      checker.judgeDropped?.((shard) => this.#bytesOf.get(shard) ?? 0);
    }
  }

  tell(fact: (facts: Facts) => void): void {
    for (const checker of this.checkers) fact(checker);
  }

  jobOf(jobId: string): PlannedJob | undefined {
    return this.#jobOf.get(jobId);
  }

  /** How large a shard of any job is; only the coordinator's store has them all. */
  bytesOf(shard: ShardId): number | undefined {
    return this.#bytesOf.get(shard);
  }

  tabOf(peer: PeerId): Tab | undefined {
    return this.#tabs.get(peer);
  }

  openTabs(): Tab[] {
    return [...this.#tabs.values()].filter((tab) => !tab.isGone);
  }

  anyLease(): KnownLease | undefined {
    return this.host.anyLease((below) => this.#network.int(below));
  }

  /** A new link; the tab is welcomed once its hello has gone there and back. */
  link(tab: Tab, ends: TabEnds): { wire: Wire; send: (messages: readonly Outgoing[]) => void } {
    const { delayMs, jitterMs, lossShare } = this.options;
    const loss = this.#isCalm ? 0 : lossShare;
    let upward: ((messages: readonly Outgoing[]) => void) | undefined;
    const wire: Wire = new Wire(
      this.queue,
      this.#network,
      { delayMs, jitterMs, lossShare: loss },
      { onTabCut: ends.onCut, onHostCut: () => this.host.onCut(wire) },
    );
    wire.send('up', () => {
      if (this.host.isDown) return wire.break();
      // The welcome leaves before anything the coordinator has to say.
      wire.send('down', ends.onWelcome);
      upward = this.host.join(tab, wire, ends.onMessages);
    });
    return { wire, send: (messages) => upward?.(messages) };
  }

  /** Somebody whose visit is over comes again, unless it misbehaved and the world is calm. */
  comeBack(tab: Tab, { isReborn }: { isReborn: boolean }): void {
    const { behaviour, workers } = tab.browser;
    if (this.#tabs.get(tab.peer) !== tab) return;
    if (!tab.isGone) tab.vanish();
    this.#tabs.delete(tab.peer);
    if (this.#isCalm && isHarmful(behaviour)) return;
    this.#open(isReborn ? this.#newBrowser({ behaviour, workers }) : tab.browser);
  }

  onJobEnded(jobId: JobId, state: JobState): void {
    this.trace.add(this.queue.now, 'job-ended', this.jobOf(jobId)?.number ?? -1, 0, 0, () => state);
    this.#ended.set(jobId, state);
    this.tell((facts) => facts.onEnded?.(this.queue.now, jobId));
  }

  onHostStep(_cause: string): void {
    if (this.#mayCheck()) this.host.machine.check();
  }

  onTabStep(tab: Tab, _cause: string): void {
    if (this.#mayCheck()) tab.machine.check();
    if (this.checkers.length === 0) return;
    const at = this.queue.now;
    const view = tab.machine.view();
    this.tell((facts) => facts.onTab?.(at, tab.number, view));
  }

  /** A world that nobody watches is there to be measured. */
  #mayCheck(): boolean {
    return this.checkers.length > 0 && ++this.#machineSteps % CHECK_EVERY_STEPS === 0;
  }

  #know(job: PlannedJob): void {
    this.#jobOf.set(job.jobId, job);
    for (const { shard, bytes } of job.shards()) this.#bytesOf.set(shard, bytes);
  }

  #populate(): void {
    for (const behaviour of BEHAVIOURS) {
      for (let i = 0; i < (this.options.tabs[behaviour] ?? 0); i++) {
        const workers = 1 + this.#births.int(this.options.workersMax);
        const browser = this.#newBrowser({ behaviour, workers });
        this.queue.after(this.#births.int(2_000), () => this.#open(browser));
      }
    }
  }

  get #isOver(): boolean {
    return this.#ended.size === this.jobs.length;
  }

  /** Conspirators who were enough for a quorum may have had everybody honest shut out. */
  get #isDeserted(): boolean {
    if (!this.#isCalm || this.checkers.length === 0) return false;
    if (this.#machineSteps % CHECK_EVERY_STEPS > 0) return false;
    const nodes = this.host.machine.nodes();
    return nodes.length > 0 && nodes.every(({ state }) => state === 'quarantined');
  }

  /** Others come, whom nobody has spoken against. */
  #repopulate(): void {
    const wanted = Math.max(...this.jobs.map(({ plan }) => plan.quorum.targetResults));
    for (let i = 0; i <= wanted; i++)
      this.#open(this.#newBrowser({ behaviour: 'honest', workers: 1 }));
  }

  #newBrowser(traits: Pick<Browser, 'behaviour' | 'workers'>): Browser {
    return browserOf(this.#browserCount++, traits);
  }

  #open(browser: Browser): void {
    this.trace.add(this.queue.now, 'open', browser.number, 0, 0, () => browser.behaviour);
    const tab = new Tab(this, browser, this.#births.fork('tab'));
    this.#tabs.set(tab.peer, tab);
    tab.open();
  }

  #planJobs(): void {
    for (const job of this.jobs) {
      const { submitAtMs, pauseAtMs, resumeAfterMs, cancelAtMs } = job.plan;
      this.queue.after(submitAtMs, () => this.#submit(job));
      if (pauseAtMs !== undefined) {
        this.queue.after(submitAtMs + pauseAtMs, () => this.#control(job, 'pause'));
        this.queue.after(submitAtMs + pauseAtMs + resumeAfterMs, () =>
          this.#control(job, 'resume'),
        );
      }
      if (cancelAtMs !== undefined) {
        this.queue.after(submitAtMs + cancelAtMs, () => this.#control(job, 'cancel'));
      }
    }
  }

  #submit(job: PlannedJob): void {
    this.trace.add(this.queue.now, 'submit', job.number, job.plan.tasks);
    this.tell((facts) => facts.onSubmitted?.(this.queue.now, job));
    const { jobId } = job;
    this.host.order({ type: 'job-submitted', jobId, owner: 'me', spec: job.spec() });
  }

  #control(job: PlannedJob, action: 'pause' | 'resume' | 'cancel'): void {
    this.trace.add(this.queue.now, action, job.number);
    this.host.order({ type: 'job-controlled', jobId: job.jobId, action, reason: 'a test' });
  }

  #advance(until: number, isDone: () => boolean): void {
    while (!isDone() && this.queue.next(until)) this.#watchTheClock();
  }

  /** Time must go on: a machine that asks to be woken now, again and again, is a bug. */
  #watchTheClock(): void {
    if (this.queue.now !== this.#momentAt) this.#momentEvents = 0;
    this.#momentAt = this.queue.now;
    if (++this.#momentEvents > MOMENT_EVENTS_MAX) violated('CO', 'time stands still');
  }

  /** The faults are over: harm leaves, everybody honest is here and stays. */
  #calmDown(): void {
    this.#isCalm = true;
    this.trace.add(this.queue.now, 'calm', 0);
    for (const tab of this.openTabs()) {
      if (isHarmful(tab.browser.behaviour)) {
        tab.vanish();
        this.#tabs.delete(tab.peer);
      } else tab.calm();
    }
  }

  /** Counts the copies once they had time to be made again; then open lists are closed. */
  #awaitReplicas(): void {
    const open = this.jobs.filter((job) => job.plan.isOpen);
    this.queue.after(REPAIR_MS, () => {
      this.#showStores();
      for (const checker of this.checkers) checker.judgeReplicas?.();
      for (const { jobId } of open) {
        this.host.order({ type: 'job-extended', jobId, chunk: undefined, last: true });
      }
    });
  }

  #showStores(): void {
    for (const tab of this.openTabs()) {
      const { volunteer, store } = tab.browser;
      if (tab.isLinked) this.tell((facts) => facts.onStore?.(volunteer, new Set(store.keys())));
    }
  }

  #judge(): void {
    this.host.machine.check();
    for (const tab of this.openTabs()) tab.machine.check();
    for (const job of this.jobs) {
      if (this.#ended.has(job.jobId)) continue;
      const view = JSON.stringify(this.host.machine.job(job.jobId)?.tasks);
      const why = this.host.machine.explain(job.jobId)?.sentences.join(' ');
      violated(
        'liveness',
        `job ${job.number} did not end ${this.options.calmMs} ms after the faults: ${view} ${why}`,
      );
    }
    for (const checker of this.checkers) checker.judge?.();
  }
}

/** Long enough for absent tabs to return and for two rounds of replication. */
const REPAIR_MS = 4 * 60_000 + LIMITS.DEAD_MS;

/** Long enough for idle sandboxes to be closed and drop orders to be carried out. */
const SWEEP_MS = 150_000;

function isHarmful(behaviour: Browser['behaviour']): boolean {
  return behaviour !== 'honest' && behaviour !== 'slow';
}
