export { canProbe, probeIceServer } from '@manytabs/transport/ice-probe';
export { backupGrid, type Inventory } from './backup/backup-grid.ts';
export type { Place } from './backup/place.ts';
export { restoreGrid } from './backup/restore-grid.ts';
export {
  type CoordinatorOptions,
  type RunningCoordinator,
  startCoordinator,
} from './start-coordinator.ts';
