import type { TaskCounts } from '@manytabs/protocol';
import type { CoordinatorHost, HostObserver } from 'manytabs/host';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const STATES = ['waiting', 'running', 'provisional', 'final', 'failed'] as const;
const COMMIT_SECONDS = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];

/** Prometheus text of the grid and of this process. */
export class Metrics {
  readonly registry = new Registry();
  readonly observer: HostObserver;

  constructor() {
    // Among them the lag of the event loop, its memory and its processor time.
    collectDefaultMetrics({ register: this.registry });
    this.observer = observer(this.registry);
  }

  watch(host: CoordinatorHost): void {
    this.#gauge('volunteers', 'Volunteers connected', () => host.status().volunteers);
    this.#gauge('workers', 'Workers that take work', () => host.status().workers);
    this.#gauge('jobs', 'Jobs that have not ended', () => host.status().jobs);
    this.#gauge('tasks_running', 'Tasks under a lease', () => host.status().tasks.running);
    this.#gauge(
      'tasks_final',
      'Tasks with a final result since the start',
      () => host.status().tasks.final,
    );
    this.#gauge('submitters', 'Submitters connected', () => host.submitters.size);
    this.#gauge('uptime_seconds', 'Since the start', () => host.status().uptimeSeconds);
    for (const state of ['ready', 'stalled', 'draining'] as const) {
      this.#gauge(state, `1 while the grid is ${state}`, () => +(host.health().state === state));
    }
    this.#tasks(() => host.machine.tasks());
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `manytabs_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  #tasks(read: () => TaskCounts): void {
    new Gauge({
      name: 'manytabs_tasks',
      help: 'Tasks of the jobs that have not ended, by state',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        const counts = read();
        for (const state of STATES) this.set({ state }, counts[state]);
      },
    });
  }
}

function observer(registry: Registry): HostObserver {
  const registers = [registry];
  const commitSeconds = new Histogram({
    name: 'manytabs_commit_seconds',
    help: 'How long the store took for a commit',
    buckets: COMMIT_SECONDS,
    registers,
  });
  const records = new Counter({
    name: 'manytabs_journal_records_total',
    help: 'Records made durable',
    registers,
  });
  const bytes = new Counter({
    name: 'manytabs_journal_bytes_total',
    help: 'Bytes of records made durable',
    registers,
  });
  const stalls = new Counter({
    name: 'manytabs_stalls_total',
    help: 'Times the store began to refuse records',
    registers,
  });
  const wire = new Counter({
    name: 'manytabs_link_bytes_total',
    help: 'Bytes of messages on the links of volunteers and submitters',
    labelNames: ['direction', 'lane'],
    registers,
  });
  return {
    onCommitted(commit) {
      commitSeconds.observe(commit.ms / 1000);
      records.inc(commit.records);
      bytes.inc(commit.bytes);
    },
    onStalled: () => stalls.inc(),
    onFrame: (direction, lane, size) => wire.inc({ direction, lane }, size),
  };
}
