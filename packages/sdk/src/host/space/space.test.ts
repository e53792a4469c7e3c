import { encodeValue, GridError, type KeyValue, type SpaceOperation } from '@manytabs/protocol';
import { MemoryKeyValue } from '@manytabs/storage';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLinearizable, type Model, type Operation } from '../../../test/linearizability.ts';
import { Space } from './space.ts';

// Several servers carry out operations on one store, whose every answer may be late; fast-check chooses the order.

const never = new AbortController().signal;
const bytes = (value: unknown) => encodeValue(value);

function setup() {
  const store = new MemoryKeyValue();
  let now = 0;
  const space = new Space(store, 'ann', () => now);
  const perform = (operation: SpaceOperation) => space.perform(operation, never);
  return { store, space, perform, pass: (ms: number) => (now += ms), clock: () => now };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (thrown) => (thrown instanceof GridError ? thrown.code : String(thrown)),
  );
}

describe('values', () => {
  const put = (key: string, value: number, rest: object = {}): SpaceOperation => ({
    ...{ do: 'put', key, value: bytes(value), nonce: `n${key}${value}` },
    ...rest,
  });

  test('[SY6] are written over what the writer knows', async () => {
    const { perform } = setup();
    const version = (await perform(put('a', 1, { expected: 0 }))) as number;
    expect(await codeOf(perform(put('a', 2, { expected: 0 })))).toBe('version-conflict');
    expect(await perform(put('a', 2, { expected: version }))).toBeGreaterThan(version);
    expect(await perform({ do: 'get', key: 'a' })).toMatchObject({ value: bytes(2) });
    expect(await perform({ do: 'delete', key: 'a' })).toBe(true);
    expect(await perform({ do: 'delete', key: 'a' })).toBe(false);
    expect(await perform({ do: 'get', key: 'a' })).toBeNull();
  });

  test('[SY6] a write that is repeated is one write', async () => {
    const { perform } = setup();
    const version = await perform(put('a', 1, { expected: 0 }));
    expect(await perform(put('a', 1, { expected: 0 }))).toBe(version);
  });

  test('[SY3] are not written under a lock that is older than the one of the last write', async () => {
    const { perform } = setup();
    await perform(put('a', 1, { fence: 7 }));
    expect(await codeOf(perform(put('a', 2, { fence: 6 })))).toBe('lock-lost');
    await perform(put('a', 3, { fence: 7 }));
    expect(await perform({ do: 'get', key: 'a' })).toMatchObject({ value: bytes(3) });
  });

  test('[SY7] have keys of any text, in lists by prefix and by page', async () => {
    const { perform } = setup();
    for (const key of ['ä/1', 'ä/2', 'ä/3', 'b', '~ %/']) await perform(put(key, 1));
    const list = async (prefix: string, after: string, limit: number) =>
      ((await perform({ do: 'list', prefix, after, limit })) as { key: string }[]).map(
        ({ key }) => key,
      );
    expect(await list('ä/', '', 2)).toEqual(['ä/1', 'ä/2']);
    expect(await list('ä/', 'ä/2', 2)).toEqual(['ä/3']);
    expect((await list('', '', 9)).sort()).toEqual(['b', '~ %/', 'ä/1', 'ä/2', 'ä/3']);
    expect(await codeOf(perform({ do: 'get', key: '\ud800' }))).toBe('input-invalid');
    expect(await codeOf(perform({ do: 'get', key: 'ä'.repeat(100) }))).toBe('input-invalid');
  });

  test('[SY8] are told anew when they change', async () => {
    const { space, perform } = setup();
    const told: string[][] = [];
    const stop = new AbortController();
    const heard = () => new Promise((go) => setImmediate(go));
    const watching = space.watch('a', (list) => told.push(list.map(({ key }) => key)), stop.signal);
    await heard();
    await perform(put('a1', 1));
    await heard();
    await perform(put('b', 1));
    await perform({ do: 'delete', key: 'a1' });
    await heard();
    stop.abort();
    expect(await codeOf(watching)).toBe('aborted');
    expect(told).toEqual([[], ['a1'], []]);
  });

  test('[SY9] of one owner are not there for another', async () => {
    const { store, perform } = setup();
    await perform(put('a', 1));
    const other = new Space(store, 'ann/k', () => 0);
    expect(await other.perform({ do: 'list', prefix: '', after: '', limit: 9 }, never)).toEqual([]);
  });
});

describe('locks', () => {
  const acquire = (holder: string, rest: object = {}): SpaceOperation => ({
    ...{ do: 'acquire', key: 'lock', holder, permits: 1, leaseMs: 1_000, wait: false },
    ...rest,
  });
  const tokenOf = (answer: unknown) => (answer as { token: number }).token;

  test('[SY1] a lock that its holder does not renew is given to the next, with a higher token', async () => {
    const { perform, pass } = setup();
    const first = tokenOf(await perform(acquire('a')));
    expect(await codeOf(perform(acquire('b')))).toBe('lock-held');
    pass(600);
    await perform({ do: 'renew', key: 'lock', holder: 'a', leaseMs: 1_000 });
    pass(600);
    expect(await codeOf(perform(acquire('b')))).toBe('lock-held');
    pass(400);
    expect(tokenOf(await perform(acquire('b')))).toBeGreaterThan(first);
    expect(await codeOf(perform({ do: 'renew', key: 'lock', holder: 'a', leaseMs: 1_000 }))).toBe(
      'lock-lost',
    );
  });

  test('[SY1] who waits gets it when it is released', async () => {
    const { perform } = setup();
    const first = tokenOf(await perform(acquire('a')));
    const waiting = perform(acquire('b', { wait: true }));
    await perform({ do: 'release', key: 'lock', holder: 'a' });
    expect(tokenOf(await waiting)).toBeGreaterThan(first);
  });

  test('[SY2] a semaphore has the same number of permits for everybody', async () => {
    const { perform } = setup();
    await perform(acquire('a', { permits: 2 }));
    await perform(acquire('b', { permits: 2 }));
    expect(await codeOf(perform(acquire('c', { permits: 2 })))).toBe('lock-held');
    expect(await codeOf(perform(acquire('c', { permits: 3 })))).toBe('input-invalid');
  });

  test('[SY4] a barrier opens for all at once', async () => {
    const { space, perform } = setup();
    const arrive = (member: string, signal = never) =>
      space.perform({ do: 'arrive', key: 'b', member, parties: 2 }, signal);
    const gone = new AbortController();
    const waiting = arrive('a', gone.signal);
    await perform({ do: 'get', key: 'x' });
    gone.abort();
    expect(await codeOf(waiting)).toBe('aborted');
    const both = Promise.all([arrive('b'), arrive('c')]);
    expect(await both).toEqual([1, 1]);
    expect(await arrive('b')).toBe(1);
  });
});

describe('histories', () => {
  interface Input {
    readonly do: 'put' | 'get' | 'delete';
    readonly value?: number;
    /** What is in the register when it is written: what the client read before, nothing, or anything. */
    readonly expected?: 'read' | 0 | undefined;
    readonly known?: number | undefined;
  }
  type Output = number | 'conflict' | boolean | undefined;

  const register: Model<number | undefined, Input, Output> = {
    initial: undefined,
    key: String,
    next: (state, input, output) => {
      if (input.do === 'get') return output === state ? [state] : [];
      if (input.do === 'delete') return output === (state !== undefined) ? [undefined] : [];
      const fits = input.expected === undefined || state === input.known;
      if (output === 'conflict') return fits ? [] : [state];
      return fits ? [input.value] : [];
    },
  };

  test('[SY10] of values are linearizable over several servers', async () => {
    const input: fc.Arbitrary<Input> = fc.oneof(
      fc.record({
        do: fc.constant('put' as const),
        value: fc.constant(0),
        expected: fc.constantFrom('read' as const, 0 as const, undefined),
      }),
      fc.record({ do: fc.constantFrom('get' as const, 'delete' as const) }),
    );
    const client = fc.array(input, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(client, { minLength: 2, maxLength: 4 }),
        async (s, clients) => {
          const store = lateStore(new MemoryKeyValue(), s);
          const servers = [0, 1].map(() => new Space(store, 'ann', () => 0));
          const history: Operation<Input, Output>[] = [];
          let time = 0;
          let values = 0;
          const runs = clients.map(async (inputs, c) => {
            const space = servers[c % 2] as Space;
            for (const input of inputs) {
              let known: { version: number; value: number | undefined } = {
                version: 0,
                value: undefined,
              };
              if (input.do === 'put' && input.expected === 'read') known = await read(space);
              const given =
                input.do === 'put' ? { ...input, value: ++values, known: known.value } : input;
              const start = ++time;
              const output = await perform(space, given, known.version);
              history.push({ input: given, start, end: ++time, output });
            }
          });
          await s.waitFor(Promise.all(runs));
          expect(isLinearizable(history, register)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('[SY10] the check sees a value that comes back', () => {
    const put = (value: number) => ({ do: 'put', value, expected: undefined }) as const;
    const history: Operation<Input, Output>[] = [
      { input: put(1), start: 1, end: 2, output: true },
      { input: put(2), start: 3, end: 4, output: true },
      { input: { do: 'get' } as const, start: 5, end: 6, output: 1 },
    ];
    expect(isLinearizable(history, register)).toBe(false);
    const overlapping = history.map((each, i) => (i === 1 ? { ...each, end: 7 } : each));
    expect(isLinearizable(overlapping, register)).toBe(true);
  });

  test('[SY1] of a lock have one holder at a time, and tokens that grow', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (s, clients) => {
        const store = lateStore(new MemoryKeyValue(), s);
        const tokens: number[] = [];
        let holders = 0;
        const runs = Array.from({ length: clients }, async (_, c) => {
          const space = new Space(store, 'ann', () => 0);
          const holder = `h${c}`;
          const claim = { key: 'l', holder, permits: 1, leaseMs: 1_000, wait: true } as const;
          const answer = await space.perform({ do: 'acquire', ...claim }, never);
          expect(++holders).toBe(1);
          tokens.push((answer as { token: number }).token);
          await s.schedule(Promise.resolve());
          holders--;
          await space.perform({ do: 'release', key: 'l', holder }, never);
        });
        await s.waitFor(Promise.all(runs));
        expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
        expect(new Set(tokens).size).toBe(clients);
      }),
      { numRuns: 60 },
    );
  });

  async function read(space: Space) {
    const entry = await space.perform({ do: 'get', key: 'r' }, never);
    const { version, value } = (entry ?? { version: 0 }) as { version: number; value?: Uint8Array };
    return { version, value: value && Number(value[0]) };
  }

  async function perform(space: Space, input: Input, version: number): Promise<Output> {
    if (input.do === 'get') return (await read(space)).value;
    if (input.do === 'delete')
      return (await space.perform({ do: 'delete', key: 'r' }, never)) as boolean;
    const { value = 0, expected } = input;
    const rest = expected === undefined ? {} : { expected: expected === 0 ? 0 : version };
    const written = {
      do: 'put',
      key: 'r',
      value: Uint8Array.of(value),
      nonce: `${value}`,
    } as const;
    const code = await codeOf(space.perform({ ...written, ...rest }, never));
    return code === 'version-conflict' ? 'conflict' : true;
  }
});

/** The store's answers arrive in any order. */
function lateStore(store: KeyValue, s: fc.Scheduler): KeyValue {
  return {
    get: (key) => s.schedule(Promise.resolve()).then(() => store.get(key)),
    put: async (...given) => {
      await s.schedule(Promise.resolve());
      const version = await store.put(...given);
      await s.schedule(Promise.resolve());
      return version;
    },
    delete: async (...given) => {
      await s.schedule(Promise.resolve());
      await store.delete(...given);
    },
    list: (...given) => store.list(...given),
    watch: (...given) => store.watch(...given),
    close: () => store.close(),
  };
}
