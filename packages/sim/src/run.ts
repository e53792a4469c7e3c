import type { CoordinatorEvent } from '@manytabs/kernel';
import type { Checker } from './checkers/checker.ts';
import { drawOptions, type WorldOptions } from './options.ts';
import { Trace } from './trace.ts';
import { World } from './world.ts';

/** What became of one world. */
export interface Report {
  readonly seed: number;
  readonly options: WorldOptions;
  /** The rule that was broken and how, if any was. */
  readonly problem: string | undefined;
  /** Of everything that happened; equal for equal options. */
  readonly hash: string;
  readonly events: number;
  readonly rows: number;
  /** How long it took in the world's own time. */
  readonly virtualMs: number;
  readonly tasks: number;
  readonly kernelSteps: number;
}

export interface RunTools {
  /** Reads every row of the trace, options first. */
  readonly print?: ((row: string) => void) | undefined;
  /** Gets every event the coordinator was told, in order. */
  readonly record?: ((event: CoordinatorEvent) => void) | undefined;
  /** In place of the usual ones. */
  readonly checkers?: readonly Checker[] | undefined;
}

/** Runs one world to its end: the options, or those drawn from a seed. Never throws for what went wrong inside. */
export function runWorld(input: WorldOptions | number, tools: RunTools = {}): Report {
  const options = typeof input === 'number' ? drawOptions(input) : input;
  tools.print?.(`seed ${options.seed} ${JSON.stringify(options)}`);
  const trace = new Trace(tools.print);
  const world = new World(options, { trace, ...tools });
  const startAt = world.queue.now;
  const problem = attempt(() => world.run());
  if (problem) tools.print?.(`FAILED ${problem}`);
  return {
    seed: options.seed,
    options,
    problem,
    hash: trace.hash(),
    events: world.queue.count,
    rows: trace.rows,
    virtualMs: world.queue.now - startAt,
    tasks: options.jobs.reduce((sum, job) => sum + job.tasks, 0),
    kernelSteps: world.host.steps,
  };
}

function attempt(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (thrown) {
    return problemOf(thrown);
  }
}

/** A violation speaks for itself; anything else thrown is a bug, and its stack says where. */
export function problemOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.name === 'Violation' ? thrown.message : (thrown.stack ?? thrown.message);
}
