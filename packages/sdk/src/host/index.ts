export type { Access } from '../access/access.ts';
export { AuditLog } from '../access/audit-log.ts';
export type { Grant } from '../access/grant.ts';
export { networkOf } from '../access/network.ts';
export { drawToken, hashToken } from '../access/token-text.ts';
export { Tokens } from '../access/tokens.ts';
export type { Commit } from './commit-line.ts';
export { CoordinatorHost } from './coordinator-host.ts';
export type { HostObserver, HostOptions } from './options.ts';
