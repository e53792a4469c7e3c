import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GridError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { volunteerMessageSchema } from '../messages/volunteer.ts';
import { Column } from './column.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import { joinBytes } from './join-bytes.ts';
import { malformed, Scanner } from './scan.ts';
import { decodeValue, encodeValue } from './value.ts';

// Hostile bytes are drawn at random and by damaging honest ones; whatever they are, the only way out is a GridError.

const key = fc.string().filter((text) => text !== '__proto__');
/** Without a key that no value may have. */
const json = fc
  .jsonValue({ maxDepth: 6 })
  .filter((value) => !JSON.stringify(value).includes('__proto__'));

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noDefaultInfinity: false }).filter((number) => !Object.is(number, -0)),
    fc.string(),
    fc.bigInt(),
    fc.uint8Array({ maxLength: 40 }),
    fc.float64Array({ maxLength: 10 }),
    fc.int16Array({ maxLength: 10 }),
    fc.array(tie('any'), { maxLength: 5 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('any'),
      { maxKeys: 5, noNullPrototype: true },
    ),
    fc.array(fc.tuple(fc.string(), fc.integer()), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    fc.array(fc.integer(), { maxLength: 4 }).map((items) => new Set(items)),
  ),
})).any;

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof GridError) return thrown.code;
    throw thrown;
  }
}

describe('values', () => {
  test('[WI1] what goes in comes out, with its type', () => {
    fc.assert(
      fc.property(value, (input) => {
        expect(decodeValue(encodeValue(input))).toEqual(input);
      }),
    );
  });

  test('[WI2] equal values are equal bytes, whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.dictionary(key, json, { maxKeys: 8 }), (record) => {
        const turned = Object.fromEntries(Object.entries(record).reverse());
        expect(encodeValue(turned)).toEqual(encodeValue({ ...record }));
      }),
    );
    expect(encodeValue(-0)).toEqual(encodeValue(0));
    expect(encodeValue(Number.NaN)).toEqual(encodeValue(0 / 0));
    const odd = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0001n, 1n]).buffer);
    expect(encodeValue(odd)).toEqual(encodeValue(Float64Array.of(Number.NaN, 5e-324)));
    const short = new Float32Array(new Uint32Array([0xffc0_0001, 1]).buffer);
    expect(encodeValue(short)).toEqual(encodeValue(Float32Array.of(Number.NaN, 1.4e-45)));
  });

  test('[WI3] what cannot be sent is refused by a code', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const ring = new Map<number, unknown>();
    ring.set(1, [ring]);
    const proto = JSON.parse('{"a":{"__proto__":1}}');
    const bare = [() => 1, Symbol('s'), new ArrayBuffer(8), [new ArrayBuffer(1)]];
    const nested = [cycle, ring, proto, new Set([proto]), new Date(Number.NaN)];
    for (const one of [...bare, ...nested])
      expect(codeOf(() => encodeValue(one))).toBe('output-not-cloneable');
    expect(decodeValue(encodeValue(['__proto__']))).toEqual(['__proto__']);
  });

  test('[WI4] random and damaged bytes only ever give a GridError', () => {
    const damaged = fc
      .tuple(value, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
      .map(([input, hits]) => {
        const bytes = encodeValue(input).slice();
        for (const [at, byte] of hits) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        return bytes;
      });
    const hostile = fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged);
    fc.assert(
      fc.property(hostile, (bytes) => void codeOf(() => decodeValue(bytes))),
      { numRuns: 5_000 },
    );
  });

  test('[WI17] what the scanner lets pass the decoder decodes, and it can be encoded again', () => {
    const kinds = [new Map([['a', [1]]]), new Set([{ b: 2n }]), new Date(5), new Date(8.64e15)];
    const seeds = [...kinds, -3n, Float64Array.of(1), { éa: kinds }].map((one) => encodeValue(one));
    const damaged = fc
      .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }))
      .map(([bytes, hits]) => {
        const changed = bytes.slice();
        for (const [at, byte] of hits) changed[at % changed.length] = byte;
        return changed;
      });
    const extension = fc
      .tuple(fc.constantFrom(1, 2, 3, 4, 0xff, 9), fc.uint8Array({ maxLength: 14 }))
      .map(([type, body]) => Uint8Array.from([0xc7, body.length, type, ...body]));
    fc.assert(
      fc.property(fc.oneof(damaged, extension), (bytes) => {
        const isWhole = codeOf(() => {
          if (new Scanner(bytes).skip() !== bytes.length) throw malformed('');
        });
        if (isWhole === undefined) encodeValue(decodeValue(bytes));
      }),
      { numRuns: 20_000 },
    );
  });

  test('[WI17] other spellings of __proto__ are no keys either', () => {
    const name = new TextEncoder().encode('__proto__');
    const long = [0x81, 0xd9, 9, ...name, 0xc0];
    // Overlong UTF-8, which a lenient decoder reads as underscores.
    const odd = [0x81, 0xab, 0xc1, 0x9f, 0xc1, 0x9f, ...name.subarray(2), 0xc0];
    const inMap = [0xc7, 3 + long.length, 3, 0x91, 0x92, 0x01, ...long];
    for (const bytes of [long, odd, inMap, [0x81, 0x01, 0xc0]])
      expect(codeOf(() => new Scanner(Uint8Array.from(bytes)).skip())).toBe('frame-malformed');
  });

  test('[WI5] a declared length is checked before anything is allocated', () => {
    const claims = [
      [0xdd, 0xff, 0xff, 0xff, 0xff],
      [0xdf, 0xff, 0xff, 0xff, 0xff],
      [0xc6, 0xff, 0xff, 0xff, 0xff],
      [0xdb, 0x7f, 0xff, 0xff, 0xff],
    ];
    for (const claim of claims) {
      const many = Uint8Array.from([0xdc, 0x10, 0x00, ...Array(4096).fill(claim).flat()]);
      expect(codeOf(() => decodeValue(Uint8Array.from(claim)))).toBe('frame-malformed');
      expect(codeOf(() => decodeValue(many))).toBe('frame-malformed');
    }
  });

  test('[WI6] nesting is bounded', () => {
    const deep = new Uint8Array(100_000).fill(0x91);
    expect(codeOf(() => decodeValue(deep))).toBe('frame-too-large');
  });

  test('[WI7] no key reaches a prototype', () => {
    const bytes = encodeValue({ aaaaaaaaa: { polluted: true } });
    const text = new TextEncoder().encode('__proto__');
    bytes.set(text, bytes.indexOf(0x61));
    expect(codeOf(() => decodeValue(bytes))).toBe('frame-malformed');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('the scanner', () => {
  test('[WI8] finds the end of exactly what the decoder reads', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), (inputs) => {
        const parts = inputs.map((input) => encodeValue(input));
        const scanner = new Scanner(joinBytes(parts));
        let end = 0;
        for (const part of parts) {
          end += part.length;
          expect(scanner.skip()).toBe(end);
        }
      }),
    );
  });
});

describe('columns', () => {
  test('[WI9] cut and compared without decoding, they keep their values', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 20 }),
        fc.nat(1000),
        fc.nat(),
        (inputs, from, cut) => {
          const column = Column.parse(from, joinBytes(inputs.map((input) => encodeValue(input))));
          const middle = from + 1 + (cut % inputs.length);
          const parts = [column.slice(from, middle)];
          if (middle < column.to) parts.push(column.slice(middle, column.to));
          for (const part of parts) {
            const again = Column.parse(part.from, part.bytes);
            expect(again.equals(part)).toBe(true);
            for (let index = part.from; index < part.to; index++) {
              expect(part.decode(index)).toEqual(inputs[index - from]);
              expect(part.sameValue(column, index)).toBe(true);
            }
          }
        },
      ),
    );
  });

  test('[WI9] a column that differs in one value differs', () => {
    const bytes = (last: number) => joinBytes([1, 2, last].map((number) => encodeValue(number)));
    const column = Column.parse(0, bytes(3));
    expect(column.equals(Column.parse(0, bytes(4)))).toBe(false);
    expect(column.equals(Column.parse(1, bytes(3)))).toBe(false);
    expect(column.sameValue(Column.parse(0, bytes(4)), 1)).toBe(true);
  });

  test('[WI10] too many values, or none, are refused', () => {
    const many = new Uint8Array(LIMITS.BUNDLE_TASKS_MAX + 1);
    expect(codeOf(() => Column.parse(0, many))).toBe('frame-too-large');
    expect(codeOf(() => Column.parse(0, new Uint8Array()))).toBe('frame-malformed');
  });
});

describe('frames', () => {
  const message = {
    type: 'results',
    lease: 7,
    from: 3,
    values: new Uint8Array([1, 2]),
    busyMs: 0.5,
  } as const;
  const decode = (frame: Uint8Array) => decodeFrame(frame, volunteerMessageSchema);

  test('[WI11] many messages share a frame', () => {
    const heartbeat = { type: 'heartbeat', workers: 2, accepting: true, running: 1 } as const;
    expect(decode(encodeFrame([message, heartbeat]))).toEqual([message, heartbeat]);
  });

  test('[WI12] another version, an unknown message and a field out of bounds each get their code', () => {
    const frame = encodeFrame([message]);
    const other = frame.slice();
    other[0] = 99;
    expect(codeOf(() => decode(other))).toBe('version-mismatch');
    expect(codeOf(() => decode(encodeFrame([{ type: 'no-such' }])))).toBe('frame-unexpected');
    const negative = { ...message, from: -1 };
    expect(codeOf(() => decode(encodeFrame([negative])))).toBe('frame-unexpected');
  });

  test('[WI13] random frames only ever give a GridError', () => {
    const hostile = fc.uint8Array({ maxLength: 300 }).map((bytes) => {
      if (bytes.length > 0) bytes[0] = 1;
      return bytes;
    });
    fc.assert(
      fc.property(hostile, (frame) => void codeOf(() => decode(frame))),
      { numRuns: 5_000 },
    );
  });
});
