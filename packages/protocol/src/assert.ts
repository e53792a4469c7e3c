/** A broken promise inside our own code. It carries the sentence that was supposed to hold. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new AssertionError(sentence);
}

export function must<T>(value: T | undefined | null, sentence: string): T {
  assert(value !== undefined && value !== null, sentence);
  return value;
}

export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
