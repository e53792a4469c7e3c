/** Inputs that once broke something, by target; each is tried with every test. */
export const KEPT_SEEDS: readonly {
  readonly target: string;
  readonly seed: number;
  readonly n: number;
}[] = [];
