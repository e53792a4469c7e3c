export type { Commit } from './commit-line.ts';
export { CoordinatorHost } from './coordinator-host.ts';
export type { Grant, HostObserver, HostOptions, Scope } from './options.ts';
