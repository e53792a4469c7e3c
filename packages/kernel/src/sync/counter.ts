/** A number that is exact however often a request is repeated: each client's newest addition is remembered. */
export interface Counter {
  readonly value: number;
  /** The least recent client first. */
  readonly seen: readonly Addition[];
}

export interface Addition {
  readonly client: string;
  /** Grows with each addition of this client to this counter. */
  readonly sequence: number;
  readonly value: number;
}

/** A client that was away while as many others added may count twice. */
export const COUNTER_CLIENTS_MAX = 500;

export const NEW_COUNTER: Counter = { value: 0, seen: [] };

/** The counter afterwards, the same one for a repetition; undefined where the sum is no safe integer. */
export function add(
  counter: Counter,
  addition: { readonly client: string; readonly sequence: number; readonly delta: number },
): Counter | undefined {
  const { client, sequence, delta } = addition;
  if (seenOf(counter, client, sequence)) return counter;
  const value = counter.value + delta;
  if (!Number.isSafeInteger(value)) return undefined;
  const others = counter.seen.filter((each) => each.client !== client);
  const seen = [...others.slice(-(COUNTER_CLIENTS_MAX - 1)), { client, sequence, value }];
  return { value, seen };
}

/** What this addition made of the counter, if it was counted. */
export function seenOf(counter: Counter, client: string, sequence: number): Addition | undefined {
  return counter.seen.find((each) => each.client === client && each.sequence >= sequence);
}
