import type { Settlement } from '@manytabs/kernel';
import { encodeValue } from '@manytabs/protocol';

// Runs of tasks are written as the distances from one bound to the next, seven bits a byte: a job of a million tasks that
// were decided in no order takes a few hundred kilobytes.

type Voter = readonly [Settlement['voters'][number]['volunteer'], number, number];

interface Stored extends Omit<Settlement, 'final' | 'failed' | 'voters'> {
  readonly final: Uint8Array;
  readonly failed: Uint8Array;
  readonly voters: readonly Voter[];
}

export function encodeSettlement(settlement: Settlement): Uint8Array {
  return encodeValue({
    ...settlement,
    final: encodeBounds(settlement.final),
    failed: encodeBounds(settlement.failed),
    voters: settlement.voters.map(({ volunteer, tasks, checked }) => [volunteer, tasks, checked]),
  });
}

export function settlementOf(value: unknown): Settlement {
  const stored = value as Stored;
  return {
    ...stored,
    final: decodeBounds(stored.final),
    failed: decodeBounds(stored.failed),
    voters: stored.voters.map(([volunteer, tasks, checked]) => ({ volunteer, tasks, checked })),
  };
}

function encodeBounds(bounds: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  for (const bound of bounds) {
    let rest = bound - last;
    last = bound;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

function decodeBounds(bytes: Uint8Array): number[] {
  const bounds: number[] = [];
  let [last, distance, scale] = [0, 0, 1];
  for (const byte of bytes) {
    distance += (byte % 128) * scale;
    scale *= 128;
    if (byte > 127) continue;
    last += distance;
    bounds.push(last);
    [distance, scale] = [0, 1];
  }
  return bounds;
}
