import type { Operation } from './operations.ts';

/** What is where: the whole of what a file system means. */
export type State = ReadonlyMap<string, string>;

/** What is there after an operation that succeeded. */
export function after(state: State, operation: Operation, content: string): State {
  const next = new Map(state);
  if (operation.kind === 'put' || operation.kind === 'overlap') next.set(operation.path, content);
  if (operation.kind !== 'remove' && operation.kind !== 'move') return next;
  const { path } = operation;
  for (const name of state.keys()) {
    if (name !== path && !name.startsWith(`${path}/`)) continue;
    next.delete(name);
    if (operation.kind === 'move') {
      next.set(operation.to + name.slice(path.length), state.get(name) ?? '');
    }
  }
  return next;
}

export function isSame(a: State, b: State): boolean {
  return a.size === b.size && [...a].every(([path, content]) => b.get(path) === content);
}

/** For people: long contents by their beginning and length. */
export function textOf(state: State): string {
  const entries = [...state].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([path, text]) => `${path}=${text.slice(0, 12)}(${text.length})`).join(' ');
}
