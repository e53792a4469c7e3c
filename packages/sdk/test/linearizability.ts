/** One operation of a history: it took effect at one moment between its start and its end, if it did at all. */
export interface Operation<Input, Output> {
  readonly input: Input;
  readonly start: number;
  /** Infinity for one whose answer nobody heard. */
  readonly end: number;
  readonly output: Output | undefined;
}

export interface Model<State, Input, Output> {
  readonly initial: State;
  /** The states in which the input may have left the object and given this output (undefined: unheard). */
  next(state: State, input: Input, output: Output | undefined): readonly State[];
  key(state: State): string;
}

/**
 * Whether some order of the operations that respects their times explains every output: the search of J. Wing and
 * C. Gong (Testing and Verifying Concurrent Objects, 1993) with G. Lowe's memory of what was tried.
 */
export function isLinearizable<State, Input, Output>(
  history: readonly Operation<Input, Output>[],
  model: Model<State, Input, Output>,
): boolean {
  const tried = new Set<string>();
  const search = (done: ReadonlySet<number>, state: State): boolean => {
    const open = history.filter((operation, i) => !done.has(i) && operation.end !== Infinity);
    if (open.length === 0) return true;
    const name = `${[...done].sort((a, b) => a - b).join()}|${model.key(state)}`;
    if (tried.has(name)) return false;
    tried.add(name);
    const first = Math.min(...open.map(({ end }) => end));
    return history.some(({ input, start, output }, i) => {
      if (done.has(i) || start > first) return false;
      const states = model.next(state, input, output);
      return states.some((next) => search(new Set([...done, i]), next));
    });
  };
  return search(new Set(), model.initial);
}
