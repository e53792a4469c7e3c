import { Column, decodeValue, encodeValue, joinBytes } from '@manytabs/protocol';
import type { Fault } from './api.ts';

/** Deliberate faults for drills; an honest volunteer has none. */
export class Misbehaviour {
  readonly wrong: boolean;
  readonly silent: boolean;
  readonly corruptShards: boolean;
  /** How many times longer than needed each run takes. */
  readonly slowness: number;
  readonly vanishAfterMs: number | undefined;

  constructor(fault: Fault | undefined) {
    const [name, amount] = (fault ?? '').split(':');
    this.wrong = name === 'wrong';
    this.silent = name === 'silent';
    this.corruptShards = name === 'corrupt-shards';
    this.slowness = name === 'slow' ? Math.max(1, Number(amount)) : 1;
    this.vanishAfterMs = name === 'vanish' ? Number(amount) : undefined;
  }

  /** Encoded results as this volunteer reports them. */
  values(from: number, values: Uint8Array): Uint8Array {
    if (!this.wrong) return values;
    const column = Column.parse(from, values);
    const parts: Uint8Array[] = [];
    for (let index = column.from; index < column.to; index++) {
      parts.push(encodeValue(falsify(column.decode(index))));
    }
    return joinBytes(parts);
  }

  shard(bytes: Uint8Array | undefined): Uint8Array | undefined {
    if (!this.corruptShards || !bytes || bytes.length === 0) return bytes;
    const broken = bytes.slice();
    broken[0] = (broken[0] ?? 0) ^ 0xff;
    return broken;
  }
}

/** Some other value of the same shape, so that nothing but a vote can tell. */
export function falsify(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'bigint') return value + 1n;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return `${value} `;
  if (value instanceof Uint8Array) return value.map((byte) => byte ^ 0x55);
  if (Array.isArray(value)) return value.length === 0 ? [0] : value.map(falsify);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.byteLength);
  if (typeof value === 'object' && value !== null) return falsifyLast(value);
  return 0;
}

/** The last field is the payload often enough: a tile keeps its place and gets other pixels. */
function falsifyLast(value: object): unknown {
  const entries = Object.entries(decodeValue(encodeValue(value)) as object);
  const at = Math.max(
    0,
    entries.findIndex(([, field]) => field instanceof Uint8Array),
  );
  return Object.fromEntries(
    entries.map(([name, field], i) => [name, i === at ? falsify(field) : field]),
  );
}
