import type { Terminal } from '../terminal.ts';

/** A terminal that remembers what was written to it. */
export function memoryTerminal(
  options: { folder?: string; env?: Terminal['env']; stdin?: string } = {},
) {
  const controller = new AbortController();
  const outLines: string[] = [];
  const errLines: string[] = [];
  const written: Uint8Array[] = [];
  const terminal: Terminal = {
    out: (line) => void outLines.push(line),
    write: async (bytes) => void written.push(bytes.slice()),
    err: (line) => void errLines.push(line),
    status: () => undefined,
    isScreen: false,
    columns: 80,
    env: options.env ?? {},
    folder: options.folder ?? '/nowhere',
    stdin: (async function* () {
      yield new TextEncoder().encode(options.stdin ?? '');
    })(),
    interrupted: controller.signal,
  };
  return { terminal, outLines, errLines, written, interrupt: () => controller.abort() };
}
