import { type Change, GridError, type KeyValue } from '@manytabs/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY_CHARS_MAX, LIST_MAX, VALUE_BYTES_MAX } from './bounds.ts';

export interface KeyValueWorld {
  /** The same data each time; what was open before is closed first. */
  open(): Promise<KeyValue>;
  /** Another process or tab on the same data, at the same time; where there can be none, the same again. */
  beside(): Promise<KeyValue>;
}

const bytes = (...values: number[]) => Uint8Array.from(values);

/** What every KeyValue keeps. */
export function describeKeyValue(
  name: string,
  world: KeyValueWorld,
  { timeoutMs = 20_000, numRuns = 30 } = {},
): void {
  describe(`key-value in ${name}`, { timeout: timeoutMs }, () => {
    let store: KeyValue;
    let beside: KeyValue;
    let prefix = 0;

    beforeAll(async () => {
      store = await world.open();
      beside = await world.beside();
    }, 60_000);
    afterAll(async () => {
      await beside.close();
      await store.close();
    }, 60_000);

    const fresh = () => `k${String(prefix++).padStart(5, '0')}/`;
    const add = (key: string, ...value: number[]) =>
      store.put(key, bytes(...value), { expected: 0 });

    test('[ST30] what was put is there for everybody, with its version', async () => {
      const key = fresh();
      expect(await store.get(key)).toBeUndefined();
      const first = await add(key, 1, 2);
      expect(await read(beside, key)).toEqual({ value: [1, 2], version: first });
      const second = await beside.put(key, bytes(), { expected: first });
      expect(await read(store, key)).toEqual({ value: [], version: second });
      expect(second).toBeGreaterThan(first);
    });

    test('[ST31] only who knows the version of a key writes it', async () => {
      const key = fresh();
      expect(await codeOf(store.put(key, bytes(1), { expected: 7 }))).toBe('version-conflict');
      const version = await add(key, 1);
      expect(await codeOf(add(key, 2))).toBe('version-conflict');
      expect(await codeOf(beside.delete(key, version + 1))).toBe('version-conflict');
      expect(await codeOf(beside.delete(key, 0))).toBe('version-conflict');
      expect(await read(store, key)).toEqual({ value: [1], version });
      await beside.delete(key, version);
      await store.delete(key, 0);
      expect(await store.get(key)).toBeUndefined();
    });

    test('[ST32] versions grow over the whole store, and over a deletion', async () => {
      const [a, b] = [fresh(), fresh()];
      const first = await add(a, 1);
      const other = await beside.put(b, bytes(1), { expected: 0 });
      await store.delete(a, first);
      const again = await add(a, 1);
      expect(other).toBeGreaterThan(first);
      expect(again).toBeGreaterThan(other);
      expect(await codeOf(store.put(a, bytes(2), { expected: first }))).toBe('version-conflict');
    });

    test('[ST33] of many who write one version exactly one succeeds', async () => {
      const key = fresh();
      let expected = 0;
      for (let round = 0; round < 5; round++) {
        const versions = await compete(key, expected);
        expect(versions).toHaveLength(1);
        expected = versions[0] ?? 0;
        expect((await store.get(key))?.version).toBe(expected);
      }
    });

    async function compete(key: string, expected: number): Promise<number[]> {
      const puts = Array.from({ length: 16 }, (_, i) =>
        (i % 2 === 0 ? store : beside).put(key, bytes(i), { expected }),
      );
      const outcomes = await Promise.allSettled(puts);
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') continue;
        expect(outcome.reason).toMatchObject({ code: 'version-conflict' });
      }
      return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    }

    test('[ST33] a counter that many raise at once misses no step', async () => {
      const key = fresh();
      await Promise.all([raise(store, key, 10), raise(beside, key, 10), raise(store, key, 10)]);
      expect((await read(store, key))?.value).toEqual([30]);
    });

    test('[ST34] keys are listed by prefix, in order, by pages', async () => {
      const root = fresh();
      const names = ['b', 'a~', 'a', 'A', 'b%', 'b_', 'c c', '~'];
      await Promise.all(names.map((name) => add(`${root}${name}`, name.length)));
      const sorted = names.map((name) => `${root}${name}`).sort();
      const keysOf = async (...args: Parameters<KeyValue['list']>) =>
        (await store.list(...args)).map(({ key }) => key);
      expect(await keysOf(root)).toEqual(sorted);
      expect(await keysOf(root, { limit: 3 })).toEqual(sorted.slice(0, 3));
      expect(await keysOf(root, { after: sorted[2], limit: 2 })).toEqual(sorted.slice(3, 5));
      expect(await keysOf(root, { after: sorted.at(-1) })).toEqual([]);
      expect(await keysOf(`${root}b_`)).toEqual([`${root}b_`]);
      expect(await keysOf(root, { after: '~' })).toEqual([]);
      const [entry] = await store.list(`${root}a~`);
      expect(entry && { ...entry, value: [...entry.value] }).toEqual({
        key: `${root}a~`,
        ...(await read(store, `${root}a~`)),
      });
    });

    test('[ST35] a watcher is told what changes under its prefix, by whomever', async () => {
      const root = fresh();
      const told: (Change | undefined)[] = [];
      const stop = await store.watch(`${root}w/`, (change) => told.push(change));
      const key = `${root}w/1`;
      const first = await add(key, 1);
      await add(`${root}x`, 1);
      const second = await beside.put(key, bytes(2), { expected: first });
      await beside.delete(key, second);
      await expect.poll(() => changesOf(told), { timeout: 10_000 }).toEqual([first, second, 0]);
      stop();
      await add(key, 1);
      // A later change that another watcher has heard of shows that the first one was not told.
      const last = await untilTold(`${root}y`);
      expect(last).toBeGreaterThan(second);
      expect(changesOf(told)).toEqual([first, second, 0]);
    });

    async function untilTold(key: string): Promise<number | undefined> {
      const told: (Change | undefined)[] = [];
      const stop = await store.watch(key, (change) => told.push(change));
      const version = await beside.put(key, bytes(1), { expected: 0 });
      await expect.poll(() => changesOf(told), { timeout: 10_000 }).toEqual([version]);
      stop();
      return version;
    }

    test('[ST36] what is no key, value, version or page is refused', async () => {
      const key = fresh();
      const long = 'x'.repeat(KEY_CHARS_MAX + 1);
      for (const wrong of ['', long, 'a\nb', 'a\u0000', 'é', '\u{1f600}']) {
        expect(await codeOf(store.get(wrong))).toBe('input-invalid');
        expect(await codeOf(add(wrong, 1))).toBe('input-invalid');
        expect(await codeOf(store.delete(wrong, 0))).toBe('input-invalid');
      }
      for (const expected of [-1, 0.5, Number.NaN, 2 ** 60]) {
        expect(await codeOf(store.put(key, bytes(), { expected }))).toBe('input-invalid');
        expect(await codeOf(store.delete(key, expected))).toBe('input-invalid');
      }
      for (const limit of [0, -1, 1.5, LIST_MAX + 1]) {
        expect(await codeOf(store.list(key, { limit }))).toBe('input-invalid');
      }
      const large = new Uint8Array(VALUE_BYTES_MAX);
      expect(await codeOf(store.put(key, new Uint8Array(large.length + 1), { expected: 0 }))).toBe(
        'input-invalid',
      );
      await store.put(key + 'k'.repeat(KEY_CHARS_MAX - key.length), large, { expected: 0 });
      expect((await store.list(key))[0]?.value).toHaveLength(VALUE_BYTES_MAX);
    });

    test('[ST37] whatever is written, it reads as a map would', async () => {
      const step = fc.record({
        key: fc.constantFrom('a', 'b', 'b/1', 'c'),
        act: fc.constantFrom('put', 'delete'),
        isCurrent: fc.boolean(),
        isBeside: fc.boolean(),
        value: fc.uint8Array({ maxLength: 8 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const root = fresh();
          const model = new Map<string, { value: number[]; version: number }>();
          for (const { key: name, act, isCurrent, isBeside, value } of steps) {
            const key = `${root}${name}`;
            const current = model.get(key)?.version ?? 0;
            const expected = isCurrent ? current : current + 1;
            const writer = isBeside ? beside : store;
            const work =
              act === 'put' ? writer.put(key, value, { expected }) : writer.delete(key, expected);
            if (isCurrent) keep(model, key, [...value], await work);
            else expect(await codeOf(work)).toBe('version-conflict');
          }
          const entries = (await store.list(root)).map((entry) => ({
            ...entry,
            value: [...entry.value],
          }));
          const wanted = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
          expect(entries).toEqual(wanted.map(([key, entry]) => ({ key, ...entry })));
        }),
        { numRuns },
      );
    });

    test('[ST38] what was put is there when the data is opened again, and versions go on', async () => {
      const key = fresh();
      const version = await add(key, 1, 2, 3);
      await beside.close();
      await store.close();
      store = await world.open();
      beside = await world.beside();
      expect(await read(store, key)).toEqual({ value: [1, 2, 3], version });
      expect(await add(fresh(), 1)).toBeGreaterThan(version);
    });

    test('[ST39] nobody outside can change what is stored', async () => {
      const key = fresh();
      const wider = bytes(9, 1, 2, 9);
      const putting = store.put(key, wider.subarray(1, 3), { expected: 0 });
      wider.fill(7);
      await putting;
      const got = await store.get(key);
      got?.value.fill(8);
      expect((await read(store, key))?.value).toEqual([1, 2]);
    });
  });
}

async function read(store: KeyValue, key: string) {
  const found = await store.get(key);
  return found && { value: [...found.value], version: found.version };
}

async function raise(store: KeyValue, key: string, times: number): Promise<void> {
  for (let done = 0; done < times; ) {
    const found = await store.get(key);
    const next = bytes((found?.value[0] ?? 0) + 1);
    const outcome = await codeOf(store.put(key, next, { expected: found?.version ?? 0 }));
    if (outcome === 'done') done++;
    else expect(outcome).toBe('version-conflict');
  }
}

function keep(
  model: Map<string, { value: number[]; version: number }>,
  key: string,
  value: number[],
  version: unknown,
): void {
  if (typeof version !== 'number') model.delete(key);
  else model.set(key, { value, version });
}

/** Versions told, each once. */
function changesOf(told: readonly (Change | undefined)[]): number[] {
  const versions = told.flatMap((change) => (change ? [change.version] : []));
  return versions.filter((version, i) => version !== versions[i - 1]);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (thrown) {
    return thrown instanceof GridError ? thrown.code : `not a GridError: ${thrown}`;
  }
}
