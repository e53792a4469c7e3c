import type { StatusView } from '@manytabs/protocol';
import type { CoordinatorHost } from './coordinator-host.ts';
import { wholeStatus } from './servers/whole-grid.ts';

/** How the grid is: of all its servers, where there are several. */
export function statusOf(host: CoordinatorHost, uptimeSeconds: number): StatusView {
  const { volunteers, workers, jobs, running, final } = host.machine.totals();
  const own: StatusView = {
    version: host.options.version,
    uptimeSeconds,
    volunteers,
    workers,
    jobs,
    tasks: { running, final },
    files: host.files.totals.files,
    bytesStored: host.files.totals.bytes,
    ...host.health(),
    ...(host.options.isPrivate ? { private: true } : {}),
  };
  return host.servers ? wholeStatus(own, host.servers.loads()) : own;
}
