/** Seeds that once broke a rule, with what they found. They run before all others. */
export const REGRESSIONS: readonly { readonly seed: number; readonly found: string }[] = [];
