import { type Access, AuditLog, SiteLedger, Tokens } from 'manytabs/host';
import { RequestGuard } from './request-guard.ts';
import type { Stores } from './stores.ts';
import { VERSION } from './version.ts';

/** Tokens and the audit log of a grid; `undo` ends them. @throws {GridError} `storage-failed` */
export async function openAccess(
  { identity, keyValue }: Stores,
  clock: () => number,
  undo: (() => unknown)[],
): Promise<Access> {
  const ownerToken = identity.token;
  const tokens = await Tokens.open({ store: keyValue, clock, ownerToken });
  undo.push(() => tokens.close());
  const audit = new AuditLog(keyValue, clock);
  const event = { actor: 'grid', subject: VERSION } as const;
  await audit.append({ ...event, action: 'grid-started' });
  // A store that takes nothing any more must not keep the grid from ending.
  undo.push(() => audit.append({ ...event, action: 'grid-stopped' }).catch(() => {}));
  const sites = new SiteLedger({ store: keyValue, clock, tokens });
  undo.push(() => sites.flush());
  return { tokens, audit, sites };
}

export interface GuardedOptions {
  readonly host?: string | undefined;
  /** Names the grid is reached by, besides its address. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Sites whose pages may call. */
  readonly allowOrigins?: readonly string[] | undefined;
}

/** `siblings`: addresses of the grid's servers, whose pages come here when theirs has died. */
export function guardOf(
  options: GuardedOptions,
  { tokens }: Access,
  siblings: () => readonly string[] = () => [],
): RequestGuard {
  const { host: bound = '127.0.0.1', allowHosts: hosts, allowOrigins: origins } = options;
  const tokenOrigins = () => {
    const allowed = tokens.originsAllowed();
    for (const url of siblings()) allowed.add(new URL(url).origin);
    return allowed;
  };
  return new RequestGuard({ bound, hosts, origins, tokenOrigins });
}
