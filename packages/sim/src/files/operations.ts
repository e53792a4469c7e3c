import type { Prng } from '@manytabs/protocol';
import type { PutOptions } from 'manytabs';

/** How a file is kept; every one of them survives the loss of one tab. */
export const REDUNDANCIES: readonly PutOptions[] = [
  { durability: 'durable' },
  { durability: 'durable', replicas: 0 },
  { durability: 'grid', replicas: 2 },
  { durability: 'grid', replicas: 3 },
  { durability: 'grid', code: { data: 2, parity: 1 } },
];

export interface Put {
  readonly kind: 'put' | 'overlap';
  readonly path: string;
  readonly bytes: number;
  readonly options: PutOptions;
}

export type Operation =
  /** `overlap`: read by another while it is written. */
  | Put
  | { readonly kind: 'move'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  /** Two write over the same version at once. */
  | { readonly kind: 'race'; readonly path: string }
  /** The coordinator dies after so many more writes of names; at half a one, before it hears of it. */
  | { readonly kind: 'crash'; readonly after: number }
  /** A tab dies, and another comes in its place. */
  | { readonly kind: 'churn'; readonly comesBack: boolean }
  /** A put that its source breaks off. */
  | { readonly kind: 'break'; readonly path: string; readonly options: PutOptions };

const KINDS: readonly Operation['kind'][] = [
  ...(['put', 'put', 'put', 'put', 'overlap', 'overlap', 'move', 'move', 'remove'] as const),
  ...(['race', 'crash', 'crash', 'churn', 'churn', 'break'] as const),
];
const NAMES = ['a', 'b', 'c'];
const SIZES = [0, 3, 900, 3_000, 40_000];
const MIB = 1024 * 1024;
/** In so many operations one file has several shards. */
const LARGE_CHANCE = 0.04;

export function drawOperations(prng: Prng): Operation[] {
  return Array.from({ length: 5 + prng.int(21) }, () => drawOperation(prng));
}

function drawOperation(prng: Prng): Operation {
  const kind = KINDS[prng.int(KINDS.length)] ?? 'put';
  const path = drawPath(prng);
  const options = drawOptions(prng);
  switch (kind) {
    case 'put':
    case 'overlap':
      return { kind, path, options, bytes: drawBytes(prng) };
    case 'move':
      return { kind, path, to: drawPath(prng) };
    case 'crash':
      return { kind, after: prng.int(8) / 2 };
    case 'churn':
      return { kind, comesBack: prng.chance(0.5) };
    case 'break':
      return { kind, path, options };
    default:
      return { kind, path };
  }
}

function drawPath(prng: Prng): string {
  const names = Array.from({ length: 1 + prng.int(3) }, () => prng.pick(NAMES));
  return `/${names.join('/')}`;
}

function drawBytes(prng: Prng): number {
  return prng.chance(LARGE_CHANCE) ? Math.floor(2.2 * MIB) : (prng.pick(SIZES) ?? 0);
}

function drawOptions(prng: Prng): PutOptions {
  const options = prng.pick(REDUNDANCIES) ?? {};
  return prng.chance(0.3) ? { ...options, expected: 0 } : options;
}
