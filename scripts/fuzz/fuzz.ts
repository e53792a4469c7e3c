import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { GridError, Prng } from '../../packages/protocol/src/index.ts';
import type { Target } from './decoders.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
}

export interface FuzzReport {
  readonly name: string;
  readonly inputs: number;
  /** Inputs that were refused with a code. */
  readonly refused: number;
  /** Bytes on the heap at the end that were not there after a tenth of the inputs. */
  readonly grownBytes: number;
  readonly ms: number;
}

/** More than what caches and lists with bounds take. */
const GROWN_BYTES_MAX = 48 * 1024 * 1024;

/** Gives a target so many inputs, each made from the seed and its number. @throws {Error} that names the input */
export async function fuzz(target: Target, { seed, count }: FuzzOptions): Promise<FuzzReport> {
  const began = performance.now();
  let refused = 0;
  let heapBefore = 0;
  for (let n = 0; n < count; n++) {
    if (n === Math.floor(count / 10)) heapBefore = heapBytes();
    refused += (await feed(target, seed, n)) ? 1 : 0;
    if (n % 1_000 === 999) await new Promise((resolve) => setImmediate(resolve));
  }
  await target.end?.();
  const grownBytes = Math.max(0, heapBytes() - heapBefore);
  if (grownBytes > GROWN_BYTES_MAX) throw new Error(`${target.name} grew by ${grownBytes} bytes`);
  const ms = Math.round(performance.now() - began);
  return { name: target.name, inputs: count, refused, grownBytes, ms };
}

/** One input alone: what a kept seed names. True where it was refused with a code. */
export async function feed(target: Target, seed: number, n: number): Promise<boolean> {
  try {
    const fed = target.feed(new Prng(seed, `${target.name} ${n}`));
    if (fed) await fed;
    return false;
  } catch (thrown) {
    if (thrown instanceof GridError && !target.isHandler) return true;
    throw new Error(`${target.name}: input ${n} of SEED=${seed} throws ${thrown}`, {
      cause: thrown,
    });
  }
}

let collect: (() => void) | undefined;

function heapBytes(): number {
  if (!collect) {
    setFlagsFromString('--expose_gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  return process.memoryUsage().heapUsed;
}
