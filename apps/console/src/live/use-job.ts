import type { JobId } from '@manytabs/protocol';
import type { GridApi } from 'manytabs';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { JobMonitor, type JobSnapshot } from './job-monitor.ts';

/** A job kept up to date while the component is on the page. */
export function useJob(
  grid: GridApi,
  jobId: JobId,
): { monitor: JobMonitor; snapshot: JobSnapshot } {
  const monitor = useMemo(() => new JobMonitor(grid, jobId), [grid, jobId]);
  useEffect(() => {
    monitor.open();
    return () => monitor.close();
  }, [monitor]);
  const snapshot = useSyncExternalStore(monitor.subscribe, monitor.getSnapshot);
  return { monitor, snapshot };
}
