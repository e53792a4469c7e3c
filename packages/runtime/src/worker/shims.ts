import type { TaskTimers } from './task-timers.ts';

export interface ShimParts {
  log(values: readonly unknown[]): void;
  /** What every signal inherits from, and the methods it gets back. */
  readonly signals: object;
  readonly signalMaker: object;
  readonly signalMethods: Readonly<Record<string, unknown>>;
  readonly timers: Pick<TaskTimers, 'set' | 'clear' | 'signal'>;
}

const LOG_LEVELS = ['debug', 'log', 'info', 'warn', 'error'] as const;

/** Puts harmless stand-ins where task code expects a few names that the prelude removed. */
export function installShims(scope: object, parts: ShimParts): void {
  const log = (...values: unknown[]) => parts.log(values);
  const console = Object.fromEntries(LOG_LEVELS.map((level) => [level, log]));
  define(scope, 'self', scope);
  define(scope, 'console', console);
  define(scope, 'setTimeout', parts.timers.set);
  define(scope, 'clearTimeout', parts.timers.clear);
  define(parts.signalMaker, 'timeout', parts.timers.signal);
  for (const [name, method] of Object.entries(parts.signalMethods))
    define(parts.signals, name, method);
}

function define(scope: object, name: string, value: unknown): void {
  Object.defineProperty(scope, name, { value, writable: true, configurable: true });
}
