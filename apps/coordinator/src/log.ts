import { destination, pino } from 'pino';

export type Level = 'info' | 'warn' | 'error';

export type Note = (level: Level, text: string, details?: object) => void;

export interface Log {
  readonly note: Note;
  close(): void;
}

/**
 * One JSON object a line: `level`, `time` (ISO 8601), `msg`, and what belongs to it (`code`, `jobId`, …).
 * @param to a file, which is appended to, or `-` for stderr
 */
export function openLog(to: string): Log {
  const sink = destination(
    to === '-' ? { fd: 2, sync: true } : { dest: to, mkdir: true, sync: true },
  );
  // A full disk must not end the grid over its log.
  sink.on('error', () => {});
  const log = pino(
    {
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  return {
    note: (level, text, details) => log[level](details ?? {}, text),
    close: () => sink.end(),
  };
}
