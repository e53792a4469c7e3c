import type { CoordinatorHost } from 'manytabs/host';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Prometheus text of the grid and of this process. */
export function createMetrics(host: CoordinatorHost): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `manytabs_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('volunteers', 'Volunteers connected', () => host.status().volunteers);
  gauge('workers', 'Workers of the volunteers connected', () => host.status().workers);
  gauge('jobs', 'Jobs that have not ended', () => host.status().jobs);
  gauge('tasks_running', 'Tasks under a lease', () => host.status().tasks.running);
  gauge(
    'tasks_final',
    'Tasks with a final result since the start',
    () => host.status().tasks.final,
  );
  gauge('submitters', 'Submitters connected', () => host.submitters.size);
  return registry;
}
