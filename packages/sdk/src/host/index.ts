export { CoordinatorHost } from './coordinator-host.ts';
export type { Grant, HostOptions, Scope } from './options.ts';
export { MemoryRowStore, type RowStore } from './row-store.ts';
