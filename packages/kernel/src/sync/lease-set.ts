/**
 * Who holds a lock or, with more permits, a semaphore. A lease that is not renewed ends by itself at `expiresAt` (ms of
 * the coordinator's clock), so a holder that died blocks nobody for longer (C. Gray and D. Cheriton, Leases, 1989).
 */
export interface LeaseSet {
  readonly permits: number;
  readonly holders: readonly Holder[];
}

export interface Holder {
  readonly id: string;
  readonly expiresAt: number;
}

export interface Claim {
  readonly holder: string;
  readonly leaseMs: number;
  readonly at: number;
}

export type Granting =
  | { readonly type: 'granted'; readonly set: LeaseSet }
  /** The holder has it from before: a repeated request changes nothing but the end. */
  | { readonly type: 'renewed'; readonly set: LeaseSet }
  /** Ask again when somebody releases, or at `retryAt`. */
  | { readonly type: 'full'; readonly retryAt: number };

export function acquire(set: LeaseSet, claim: Claim): Granting {
  const holders = living(set, claim.at);
  const lease = { id: claim.holder, expiresAt: claim.at + claim.leaseMs };
  const others = holders.filter(({ id }) => id !== claim.holder);
  const next = { permits: set.permits, holders: [...others, lease] };
  if (others.length < holders.length) return { type: 'renewed', set: next };
  if (holders.length < set.permits) return { type: 'granted', set: next };
  return { type: 'full', retryAt: Math.min(...holders.map(({ expiresAt }) => expiresAt)) };
}

/** Undefined where the lease has ended, or was never given. */
export function renew(set: LeaseSet, claim: Claim): LeaseSet | undefined {
  const granting = acquire(set, claim);
  return granting.type === 'renewed' ? granting.set : undefined;
}

export function release(set: LeaseSet, holder: string, at: number): LeaseSet {
  return { ...set, holders: living(set, at).filter(({ id }) => id !== holder) };
}

export function living({ holders }: LeaseSet, at: number): readonly Holder[] {
  return holders.filter(({ expiresAt }) => expiresAt > at);
}
