export { CoordinatorHost } from './coordinator-host.ts';
export type { Grant, HostOptions, Scope } from './options.ts';
