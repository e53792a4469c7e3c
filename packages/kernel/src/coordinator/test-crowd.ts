import { assert, decodeValue, type JobSpec, type SessionId, type Tier } from '@manytabs/protocol';
import { type Held, square, TestGrid, testJobId, testSpec, testVolunteerId } from './test-grid.ts';

// What the tests of belief share.

export const LIE = -1;

export function tierSpec(tier: Tier, tasks: number, changes: Partial<JobSpec> = {}): JobSpec {
  const quorum = { minQuorum: 2, targetResults: 2, maxErrorResults: 2 };
  const bounds = { maxTotalResults: 64, maxSuccessResults: 64 };
  return testSpec({ tasks, tier, quorum: { ...quorum, ...bounds }, ...changes });
}

/** Tabs by name; a liar's results are all the same wrong one. */
export class Crowd {
  readonly grid: TestGrid;
  readonly liars = new Set<SessionId>();
  /** Call everything right that they are asked about, and everything wrong. */
  readonly lazy = new Set<SessionId>();
  readonly slanderers = new Set<SessionId>();
  readonly sessions: SessionId[] = [];
  executions = 0;
  checks = 0;
  readonly reports: Held[] = [];

  constructor(grid = new TestGrid()) {
    this.grid = grid;
  }

  join(number: number, as: Parameters<TestGrid['join']>[2] & { lies?: boolean } = {}): SessionId {
    const { lies = false, ...how } = as;
    const { session } = this.grid.join(number, 1, how);
    this.sessions.push(session);
    if (lies) this.liars.add(session);
    return session;
  }

  leave(session: SessionId): void {
    this.grid.leave(session);
    this.sessions.splice(this.sessions.indexOf(session), 1);
  }

  /** Everybody works for so long, or until the job ends. */
  work(ms = 60_000, job = 1): void {
    const end = this.grid.at + ms;
    while (this.grid.at < end && this.grid.view(job).endedAt === undefined) {
      const held = [...this.grid.held.values()];
      if (held.length === 0) this.rest();
      for (const lease of held) {
        if (!this.grid.held.has(lease.lease)) continue;
        this.reports.push(lease);
        this.grid.report(lease, { resultOf: this.#resultOf(lease), msPerTask: 1 });
      }
    }
  }

  #resultOf({ check, session, from, to }: Held): (index: number) => unknown {
    const isLiar = this.liars.has(session);
    if (!check) {
      this.executions += to - from;
      return isLiar ? () => LIE : square;
    }
    this.checks += to - from;
    const asked = decodeValue(check) as unknown[];
    if (this.lazy.has(session)) return () => true;
    if (this.slanderers.has(session)) return () => false;
    return (index) => (asked[index - from] === square(index)) !== isLiar;
  }

  /** Nobody has anything to do; their hearts beat. */
  rest(): void {
    for (const session of this.sessions) this.grid.heartbeat(session);
    this.grid.pass(500, this.sessions);
  }

  /** Final values by task. */
  values(job = 1): Map<number, unknown> {
    const values = new Map<number, unknown>();
    for (const { jobId, column } of this.grid.recordsOf('tasks-final')) {
      if (jobId !== testJobId(job)) continue;
      for (let index = column.from; index < column.to; index++) {
        values.set(index, column.decode(index));
      }
    }
    return values;
  }

  expectOnlyRight(tasks: number, job = 1): void {
    const values = this.values(job);
    assert(values.size === tasks, `${tasks} tasks are final, not ${values.size}`);
    for (const [index, value] of values) {
      assert(value === square(index), `task ${index} is ${square(index)}, not ${String(value)}`);
    }
  }

  sentences(job = 1): string {
    return this.grid.machine.explain(testJobId(job))?.sentences.join(' ') ?? '';
  }

  stateOf(number: number) {
    const id = testVolunteerId(number);
    return this.grid.machine.nodes().find(({ volunteer }) => volunteer === id)?.state;
  }
}
