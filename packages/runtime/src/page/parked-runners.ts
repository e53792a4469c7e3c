import { hex, type Program } from '@manytabs/protocol';
import type { SandboxJobRunner } from './job-runner.ts';

const PARKED_MAX = 2;
const PARKED_MS = 10_000;

interface Parked {
  readonly key: string;
  readonly runner: SandboxJobRunner;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * Sandboxes of jobs that ended, for a short while: who sends one small job after the other does not wait for a sandbox
 * each time. One is given to a job of the same owner with the same program and to no other.
 */
export class ParkedRunners {
  readonly #end: (runner: SandboxJobRunner) => void;
  #parked: Parked[] = [];

  constructor(end: (runner: SandboxJobRunner) => void) {
    this.#end = end;
  }

  take(key: string | undefined): SandboxJobRunner | undefined {
    const found = this.#parked.find((parked) => parked.key === key);
    if (!found) return undefined;
    this.#forget(found);
    if (found.runner.isAtRest) return found.runner;
    this.#end(found.runner);
    return undefined;
  }

  /** False where it cannot be used again. */
  park(key: string | undefined, runner: SandboxJobRunner): boolean {
    runner.killAll();
    if (key === undefined || !runner.isAtRest) return false;
    const timer = setTimeout(() => this.#drop(parked), PARKED_MS);
    const parked = { key, runner, timer };
    this.#parked.push(parked);
    const [oldest] = this.#parked;
    if (oldest && this.#parked.length > PARKED_MAX) this.#drop(oldest);
    return true;
  }

  clear(): void {
    for (const parked of [...this.#parked]) this.#drop(parked);
  }

  #drop(parked: Parked): void {
    this.#forget(parked);
    this.#end(parked.runner);
  }

  #forget(parked: Parked): void {
    clearTimeout(parked.timer);
    this.#parked = this.#parked.filter((each) => each !== parked);
  }
}

/** Everything a task can see of its program, and whose it is. */
export function programKey(program: Program, owner: string): string {
  const { module, args, files, rangeFrom, seed, timeoutMs, outputBytesMax } = program;
  const { kind, code, export: name } = module;
  const parts = files.map(({ path, bytes, shards }) => [
    path,
    bytes,
    shards.map((ref) => ref.shard),
  ]);
  const job = [owner, kind, code.shard, name, hex(args), parts];
  const { determinism = null, memoryMB = null, check = null } = program;
  const rules = [rangeFrom ?? null, seed, timeoutMs, outputBytesMax, determinism, memoryMB, check];
  return JSON.stringify([...job, ...rules]);
}
