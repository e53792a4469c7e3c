/** The part of Pyodide that a task needs. */
export interface Pyodide {
  readonly globals: { get(name: string): unknown };
  readonly FS: {
    mkdirTree(path: string): void;
    writeFile(path: string, bytes: Uint8Array, options?: { canOwn: boolean }): void;
    chmod(path: string, mode: number): void;
    unlink(path: string): void;
  };
  runPython(source: string, options?: { globals?: unknown; filename?: string }): unknown;
  toPy(value: unknown): unknown;
  setStdout(options: { batched(line: string): void }): void;
  setStderr(options: { batched(line: string): void }): void;
}

/** A Python object seen from JavaScript; it lives until it is destroyed. */
export interface PyObject {
  readonly type: string;
  toJs(options: object): unknown;
  get(key: number): unknown;
  destroy(): void;
}

export type PyFunction = ((...given: unknown[]) => unknown) & { destroy(): void };

export function isPyObject(value: unknown): value is PyObject {
  return (
    (typeof value === 'object' || typeof value === 'function') && value !== null && 'toJs' in value
  );
}
