/** Seeds that once broke a rule, with what they found. They run before all others. */
export const REGRESSIONS: readonly { readonly seed: number; readonly found: string }[] = [
  { seed: 7, found: 'a live lease was revoked for a result that was not needed any more' },
  { seed: 9, found: 'a volunteer that missed the end of a job kept its shards for ever' },
  { seed: 66, found: 'a shard nobody waited for was looked for again after a lost link' },
  { seed: 123, found: 'leases of an earlier link kept a slow tab busy for nothing' },
];
