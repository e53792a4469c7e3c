import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildLibm } from '../build/libm.ts';
import { loadLibm } from '../src/worker/portable/math.ts';
import * as modules from './modules.ts';
import type { JobSource, Told } from './page.ts';
import { type Stage, setupStage } from './setup.ts';
import { wasiProgram } from './wasi-program.ts';

// What tasks get, give and may not do, in a real browser.

let stage: Stage;

beforeAll(async () => {
  stage = await setupStage();
}, 60_000);
afterAll(() => stage.close());

async function run(source: JobSource, to = 1, inputs?: readonly unknown[]): Promise<Told> {
  const page = await stage.open();
  try {
    return await page.evaluate(([source, to, inputs]) => grid.runOnce(source, to, inputs), [
      source,
      to,
      inputs,
    ] as const);
  } finally {
    await page.close();
  }
}

async function refusal(source: JobSource): Promise<string> {
  const page = await stage.open();
  try {
    return await page.evaluate((source) => grid.codeOf(grid.runOnce(source, 1)), source);
  } finally {
    await page.close();
  }
}

const js = (body: string, rest: Omit<JobSource, 'js'> = {}): JobSource => ({
  js: `export const run = ${body};`,
  ...rest,
});

async function assemblyScript(source: string): Promise<number[]> {
  const { default: asc } = await import('assemblyscript/asc');
  const { binary, error, stderr } = await asc.compileString(source, {
    runtime: 'stub',
    optimizeLevel: 3,
  });
  if (!binary) throw error ?? new Error(stderr.toString());
  return [...binary];
}

describe('a JavaScript task', { timeout: 60_000 }, () => {
  test('[RU1] gets the number of its place in the range', async () => {
    const { values } = await run(js('(n, ctx) => [n, ctx.index]', { rangeFrom: 100 }), 3);
    expect(values).toEqual({ 0: [100, 0], 1: [101, 1], 2: [102, 2] });
  });

  test('[RU50][RU52] computes the same bits everywhere, and by no clock under strict-js', async () => {
    const body = `(n) => [Math.sin(n + 0.5), Math.pow(n + 0.1, 1.7), new Date(2020, 0, 1).getTime(),
      Date.now(), performance.now()]`;
    const { sin, pow } = loadLibm(Uint8Array.from(await buildLibm()));
    const { values } = await run(js(body, { determinism: 'strict-js' }));
    const [sine, power, date, ...clocks] = values[0] as number[];
    expect([sine, power, date]).toEqual([sin?.(0.5, 0), pow?.(0.1, 1.7), Date.UTC(2020, 0, 1)]);
    expect(clocks).toEqual([946_684_800_000, 0]);
    const running = await run(js('() => Date.now()'));
    expect(running.values[0]).toBeGreaterThan(1_600_000_000_000);
  });

  test('[RU1] gets its row of a list', async () => {
    const { values } = await run(js('(row) => row.a'), 2, [{ a: 'x' }, { a: 'y' }]);
    expect(values).toEqual({ 0: 'x', 1: 'y' });
  });

  test('[RU2] may return a promise', async () => {
    const body = 'async (n) => { await new Promise((go) => setTimeout(go, 5)); return n + 1; }';
    expect((await run(js(body), 3)).values).toEqual({ 0: 1, 1: 2, 2: 3 });
  });

  test('[RU3] draws the same numbers in every execution, and others than its neighbour', async () => {
    const source = js('(n, ctx) => [ctx.seed, ctx.random(), Math.random(), Math.random()]');
    const [first, second] = [await run(source, 2), await run(source, 2)];
    expect(first.values).toEqual(second.values);
    expect(first.values[0]).not.toEqual(first.values[1]);
  });

  test('[RU4] reads the files of its job, and cannot spoil them for others', async () => {
    const body = `async (n, ctx) => {
      const bytes = await ctx.files.read('/in/a');
      bytes[0] += 1;
      return bytes[0];
    }`;
    const { values } = await run(js(body, { files: { '/in/a': 'A' } }), 2);
    expect(values).toEqual({ 0: 66, 1: 66 });
  });

  test('[RU4] is told of a file that is not there', async () => {
    const { failures } = await run(js("(n, ctx) => ctx.files.read('/in/b')"));
    expect(failures[0]).toEqual({
      code: 'file-missing',
      message: 'There is no /in/b.',
    });
  });

  test('[RU5] shares arguments it cannot change', async () => {
    const body = '(n, ctx) => { try { ctx.args.a.b = 5; } catch {} return ctx.args.a.b; }';
    expect((await run(js(body, { args: { a: { b: 1 } } }), 2)).values).toEqual({ 0: 1, 1: 1 });
  });

  test('[RU6] that throws fails alone, with its own message', async () => {
    const body = "(n) => { if (n === 1) throw new RangeError('odd'.repeat(2000)); return n; }";
    const { values, failures, order } = await run(js(body), 3);
    expect(values).toEqual({ 0: 0, 2: 2 });
    expect(failures[1]?.code).toBe('task-threw');
    expect(failures[1]?.message).toMatch(/^RangeError: oddodd/);
    expect(failures[1]?.message.length).toBe(2000);
    expect(order).toEqual([0, 1, 2]);
  });

  test('[RU6] may throw anything at all', async () => {
    const body =
      "(n) => { throw [null, 'text', { get message() { throw 1; } }, new Proxy({}, {})][n]; }";
    const { failures } = await run(js(body), 4);
    expect(Object.values(failures).map(({ code }) => code)).toEqual(Array(4).fill('task-threw'));
  });

  test('[RU7] that returns what is no data fails', async () => {
    const body =
      '(n) => [() => 1, Symbol("s"), [1, [() => 1]], (() => { const a = []; a[0] = a; return a; })()][n]';
    const { failures } = await run(js(body), 4);
    expect(Object.values(failures).map(({ code }) => code)).toEqual(
      Array(4).fill('output-not-cloneable'),
    );
  });

  test('[RU8] that returns too much fails, and the next one does not', async () => {
    const body = "(n) => [new Uint8Array(100_000_000), 'x'.repeat(100_000_000), 5][n]";
    const { values, failures } = await run(js(body), 3);
    expect(failures[0]?.code).toBe('output-too-large');
    expect(failures[1]?.code).toBe('output-too-large');
    expect(values).toEqual({ 2: 5 });
  });

  test('[RU8] may return as much as its limit', async () => {
    const { values } = await run(js('() => new Uint8Array(4_000_000)'), 2);
    expect(Object.keys(values)).toEqual(['0', '1']);
  });

  const endless = {
    'for (;;);': 'a loop',
    'return new Promise(() => {});': 'a promise that stays open',
    'const again = () => Promise.resolve().then(again); return again();': 'microtasks',
    'Atomics.wait(new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer), 0, 0);':
      'a wait',
    "/^(a+)+$/.test('a'.repeat(40) + 'b');": 'a regular expression',
  };
  for (const [code, name] of Object.entries(endless)) {
    test(`[RU9] that never ends is killed: ${name}`, async () => {
      const { values, failures, ms } = await run(
        js(`(n) => { if (n === 2) { ${code} } return n; }`, { timeoutMs: 800 }),
        5,
      );
      expect(values).toEqual({ 0: 0, 1: 1, 3: 3, 4: 4 });
      expect(failures[2]).toEqual({
        code: 'task-timeout',
        message: 'The task did not end within 800 ms.',
      });
      expect(ms).toBeLessThan(8000);
    });
  }

  test('[RU9] may take its time while others are quick', async () => {
    const body =
      '(n) => { const end = Date.now() + (n === 1 ? 600 : 0); while (Date.now() < end); return n; }';
    expect((await run(js(body, { timeoutMs: 1500 }), 4)).failures).toEqual({});
  });

  test('[RU10] that floods is killed, and its neighbours are not blamed', async () => {
    const body = `async (n) => {
      const fail = () => { throw new Error('aside'); };
      for (let i = 0; n === 2 && i < 10_000; i++) setTimeout(fail);
      await new Promise((go) => setTimeout(go, n === 2 ? 1500 : 0));
      return n;
    }`;
    const { values, failures } = await run(js(body), 5);
    expect(failures[2]?.code).toBe('task-flooded');
    expect(values).toEqual({ 0: 0, 1: 1, 3: 3, 4: 4 });
  });

  test('[RU11] whose source is wrong is refused when the job opens', async () => {
    expect(await refusal({ js: 'export const run = (' })).toMatch(/^syntax-error: .*SyntaxError/);
    expect(await refusal({ js: "import 'left-pad'; export const run = 1" })).toMatch(
      /^syntax-error/,
    );
    expect(await refusal({ js: "throw new Error('at once')" })).toMatch(/^syntax-error: .*at once/);
  });

  test('[RU11] whose export is missing is refused when the job opens', async () => {
    expect(await refusal({ js: 'export const walk = () => 1, stop = 2;' })).toBe(
      'export-missing: The module exports no function "run"; it exports: stop, walk.',
    );
  });

  test('[RU101] says of results whether they are right, and runs nothing', async () => {
    const page = await stage.open();
    const js = `
      export const run = () => { throw new Error('it ran'); };
      export const verify = async (input, result, ctx) => {
        if (result === 'bad') throw new Error('not even a number');
        if (result === 'long') for (;;);
        return result === 'truthy' ? 1 : result === input * ctx.args;
      };`;
    const { values, failures } = await page.evaluate(
      (js) =>
        grid.checkResults(
          { js, args: 3, timeoutMs: 500, check: { kind: 'verify', export: 'verify' } },
          [30, 31, 'bad', 'truthy', 'long', 36],
          [10, 10, 10, 10, 11, 12],
        ),
      js,
    );
    expect(values).toEqual({ 0: true, 1: false, 2: false, 3: false, 5: true });
    expect(failures).toMatchObject({ 4: { code: 'task-timeout' } });
  });

  test('[RU101] compares results with its own by a function of the module', async () => {
    const page = await stage.open();
    const js = `
      export const run = async (n, ctx) => { if (n === 2) throw new Error('own'); return n + ctx.random() / 10; };
      export const equal = (own, result) => Math.abs(own - result) < 1;`;
    const { values, failures } = await page.evaluate(
      (js) => grid.checkResults({ js, check: { kind: 'equal', export: 'equal' } }, [0.5, 3, 2]),
      js,
    );
    expect(values).toEqual({ 0: true, 1: false });
    expect(failures).toMatchObject({
      2: { code: 'task-threw', message: expect.stringContaining('own') },
    });
  });

  test('[RU101] without what should check its results it is refused when the job opens', async () => {
    const page = await stage.open();
    const code = await page.evaluate(() =>
      grid.codeOf(
        grid.checkResults(
          { js: 'export const run = (n) => n;', check: { kind: 'verify', export: 'verify' } },
          [1],
        ),
      ),
    );
    expect(code).toMatch(/^export-missing: .*"verify"/);
  });

  test('[RU12] may speak, within bounds', async () => {
    const body = `async (n, ctx) => {
      const end = Date.now() + 1200;
      for (let i = 0; Date.now() < end; i++) {
        ctx.log('line', i, 'x'.repeat(1000));
        console.log({ i });
        ctx.progress(i / 1e6, 'going');
        ctx.preview({ width: 2, height: 2, rgba: new Uint8Array(16) });
        await new Promise((go) => setTimeout(go, 1));
      }
    }`;
    const { logs, progress, previews, failures } = await run(js(body));
    expect(failures).toEqual({});
    expect(logs.length).toBe(100);
    expect(Math.max(...logs.map(({ text }) => text.length))).toBe(500);
    expect(progress).toBeGreaterThan(1);
    expect(progress).toBeLessThanOrEqual(6);
    expect(previews).toBeGreaterThan(0);
    expect(previews).toBeLessThanOrEqual(4);
  });

  test('[RU13] costs few messages when it is small', async () => {
    const { batches, values } = await run(js('() => 0'), 4096);
    expect(Object.keys(values).length).toBe(4096);
    expect(batches).toBeLessThanOrEqual(3);
  });
});

describe('a WASM task', { timeout: 60_000 }, () => {
  test('[RU20] takes numbers and returns them', async () => {
    const wasm = modules.addition;
    const { values } = await run({ wasm }, 3, [[1, 2.5], [3, 4], 9]);
    expect(values).toEqual({ 0: 3.5, 1: 7, 2: 9 });
  });

  test('[RU20] returns several numbers as a list, 64-bit ones included', async () => {
    expect((await run({ wasm: modules.pair }, 2, [21, 2 ** 40])).values).toEqual({
      0: [42, 7],
      1: [2 ** 41, 7],
    });
  });

  test('[RU21] takes bytes and returns bytes', async () => {
    const inputs = [Uint8Array.of(1, 2, 3), 'abc'];
    const { values } = await run({ wasm: modules.echo }, 2, inputs);
    expect(values).toEqual({ 0: Uint8Array.of(1, 2, 3), 1: Uint8Array.of(0xa3, 97, 98, 99) });
  });

  test('[RU22] makes bytes of a number', async () => {
    const { values } = await run({ wasm: modules.generator, rangeFrom: 258 }, 2);
    expect(values).toEqual({ 0: Uint8Array.of(2, 1, 0, 0), 1: Uint8Array.of(3, 1, 0, 0) });
  });

  test('[RU22] that points outside its memory fails', async () => {
    const { failures } = await run({ wasm: modules.outside });
    expect(failures[0]?.code).toBe('task-threw');
    expect(failures[0]?.message).toContain('outside a memory of 65536 bytes');
  });

  test('[RU23] sees nothing of the tasks before it', async () => {
    expect((await run({ wasm: modules.counter }, 3)).values).toEqual({ 0: 1, 1: 1, 2: 1 });
  });

  test('[RU23] keeps its instance if it promises to forget', async () => {
    expect((await run({ wasm: modules.forgetful }, 3)).values).toEqual({ 0: 11, 1: 11, 2: 11 });
  });

  test('[RU24] that AssemblyScript compiled aborts with its own words', async () => {
    const wasm = await assemblyScript(`
      export function run(n: i32): i32 {
        assert(n != 1, "one is refused");
        return n * 2;
      }`);
    const { values, failures } = await run({ wasm }, 3);
    expect(values).toEqual({ 0: 0, 2: 4 });
    expect(failures[1]?.code).toBe('task-threw');
    expect(failures[1]?.message).toContain('abort: one is refused (line 3');
  });

  test('[RU22] that AssemblyScript compiled makes bytes of a number', async () => {
    const wasm = await assemblyScript(`
      export function run(n: i32): i64 {
        const tile = new Uint8Array(3);
        for (let i = 0; i < 3; i++) tile[i] = <u8>(n + i);
        return (<i64>tile.dataStart << 32) | 3;
      }`);
    const { values } = await run({ wasm, rangeFrom: 250 }, 2);
    expect(values).toEqual({ 0: Uint8Array.of(250, 251, 252), 1: Uint8Array.of(251, 252, 253) });
  });

  test('[RU25] gets at most 1 GiB of memory, declared or not', async () => {
    expect((await run({ wasm: modules.grower })).values).toEqual({ 0: -1 });
  });

  test('[RU9] that never ends is killed', async () => {
    const { failures } = await run({ wasm: modules.endless, timeoutMs: 500 }, 2);
    expect(Object.values(failures).map(({ code }) => code)).toEqual([
      'task-timeout',
      'task-timeout',
    ]);
  });

  test('[RU24] whose bytes are no module is refused when the job opens', async () => {
    expect(await refusal({ wasm: [1, 2, 3] })).toMatch(/^wasm-invalid/);
    expect(await refusal({ wasm: modules.importing })).toMatch(/^wasm-invalid: .*env\.steal/);
    expect(await refusal({ wasm: modules.addition, export: 'walk' })).toMatch(/^export-missing/);
  });
});

describe('a WASI command', { timeout: 60_000 }, () => {
  const wasi = async (body: string): Promise<JobSource> => ({
    wasi: [...(await wasiProgram(body))],
  });

  test('[RU60] runs in the sandbox, each task from the start, with the files of its job', async () => {
    const program = await wasi(`
      write(1, read(open('job.txt', 0)) + args()[1]);
      const was = open('seen', 0);
      write(open('seen', 1), was == 0 ? 'first' : 'second');
      write(2, 'a line');
    `);
    const { values, logs } = await run({ ...program, files: { 'job.txt': 'of the job ' } }, 2);
    expect(values).toEqual(
      Object.fromEntries(
        [0, 1].map((n) => [
          n,
          { code: 0, stdout: `of the job ${n}`, stderr: 'a line', files: { seen: 'first' } },
        ]),
      ),
    );
    expect(logs).toEqual([0, 1].map((index) => ({ index, text: 'a line' })));
  });

  test('[RU66] is given the file of the grid that its input is', async () => {
    const program = await wasi(`
      const path = args()[args().length - 1];
      write(1, path + ' ' + read(open(path.slice(1), 0)) + read(0) + read(open('job.txt', 0)));
    `);
    const row = (path: string) => ({ path, bytes: 1, version: 1, contentType: '' });
    const source = { ...program, gridFiles: { '/in/a': 'A' }, files: { 'job.txt': 'J' } };
    const large = { ...row('/in/a'), bytes: 2 ** 28 };
    const { values, failures } = await run(source, 2, [row('/in/a'), large]);
    expect(values[0]).toMatchObject({ code: 0, stdout: '/in/a AAJ' });
    expect(failures[1]?.message).toContain('over 128 MiB');
  });

  test('[RU9] one that does not end is killed, and its neighbours run', async () => {
    const program = await wasi(`if (args()[1] == '1') for (;;) store<u32>(word, 1);`);
    const { values, failures } = await run({ ...program, timeoutMs: 500 }, 3);
    expect(Object.keys(values)).toEqual(['0', '2']);
    expect(failures[1]?.code).toBe('task-timeout');
  });

  test('[RU65] is refused by what it imports', async () => {
    const program = await wasi('write(1, "x");');
    const bytes = (program.wasi ?? []).map((byte) => (byte === 0x77 ? 0x76 : byte));
    expect(await refusal({ wasi: bytes })).toContain('wasm-invalid');
  });
});
