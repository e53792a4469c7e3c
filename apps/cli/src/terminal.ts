/** Why a command was interrupted: nobody reads stdout any more, so nobody wants to hear of it either. */
export const UNREAD = 'unread';

/** What a command reads and writes; `processTerminal` is the real one, tests bring their own. */
export interface Terminal {
  /** Data. One call is one line. */
  out(line: string): void;
  /** Data as it is; resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Progress and prose. One call is one line. */
  err(line: string): void;
  /** Replaces the last line that `status` wrote; only on a screen. */
  status(line: string): void;
  /** Whether a person watches stderr. */
  readonly isScreen: boolean;
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Aborted by Ctrl-C, by SIGTERM, and when nobody reads stdout any more. */
  readonly interrupted: AbortSignal;
}

const CLEAR_LINE = '\r\u001b[K';

/** The terminal of this process. A second Ctrl-C ends it at once. */
export function processTerminal(): Terminal {
  let hasStatus = false;
  const { stdout, stderr, stdin, env } = process;
  const clear = () => {
    if (hasStatus) stderr.write(CLEAR_LINE);
    hasStatus = false;
  };
  return {
    out(line) {
      if (stdout.isTTY) clear();
      stdout.write(`${line}\n`);
    },
    write(bytes) {
      clear();
      return writeAll(stdout, bytes);
    },
    err(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    status(line) {
      stderr.write(CLEAR_LINE + line.slice(0, (stderr.columns ?? 80) - 1));
      hasStatus = line !== '';
    },
    isScreen: stderr.isTTY === true && env.TERM !== 'dumb',
    columns: stderr.columns ?? 80,
    env,
    folder: process.cwd(),
    stdin,
    interrupted: interruption(),
  };
}

function writeAll(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => stream.write(bytes, () => resolve()));
}

/** One Ctrl-C may arrive several times: from the terminal, and from npm and scripts that pass it on. */
const SAME_INTERRUPT_MS = 1000;

function interruption(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) firstAt = performance.now();
    else if (performance.now() - firstAt > SAME_INTERRUPT_MS) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') controller.abort(UNREAD);
  });
  return controller.signal;
}
