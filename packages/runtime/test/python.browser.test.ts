import { unwrapOutput } from '@manytabs/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobSource, Told } from './page.ts';
import { pythonServed } from './python-files.ts';
import { type Stage, setupStage } from './setup.ts';

// Python in the sandbox of a real browser.

let stage: Stage;

beforeAll(async () => {
  stage = await setupStage(await pythonServed());
}, 60_000);
afterAll(() => stage.close());

function writtenOf(files: readonly (readonly [string, Uint8Array] | unknown[])[]) {
  return files.map(([path, bytes]) => ({ path, bytes }));
}

type Rest = Omit<JobSource, 'python'>;

async function run(
  python: string,
  to = 1,
  inputs?: readonly unknown[],
  rest: Rest = {},
): Promise<Told> {
  const page = await stage.open();
  const source = { timeoutMs: 20_000, export: 'main', ...rest, python };
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

async function refusal(python: string): Promise<string> {
  const page = await stage.open();
  try {
    const source = { export: 'main', python };
    return await page.evaluate((source) => grid.codeOf(grid.runOnce(source, 1)), source);
  } finally {
    await page.close();
  }
}

describe('a Python task', { timeout: 120_000 }, () => {
  test('[RU80] is the function called with its input and context', async () => {
    const script = `
def main(n, ctx):
    print("hello", n)
    ctx.log("index", ctx.index)
    ctx.progress(0.5, "half")
    return {"n": n * n, "args": ctx.args, "file": ctx.files.read("/in/a").decode(), "opened": open("/in/a").read(), "paths": ctx.files.list()}
`;
    const rest = { rangeFrom: 5, args: { k: [1, null] }, files: { '/in/a': 'häh' } };
    const { values, failures, logs } = await run(script, 2, undefined, rest);
    expect(failures).toEqual({});
    const common = { args: { k: [1, null] }, file: 'häh', opened: 'häh', paths: ['/in/a'] };
    expect(values).toEqual({ 0: { n: 25, ...common }, 1: { n: 36, ...common } });
    expect(logs).toContainEqual({ index: 0, text: 'hello 5' });
    expect(logs).toContainEqual({ index: 1, text: 'index 1' });
  });

  test('[RU86] finds the file of the grid that its input is, and leaves files behind', async () => {
    const script = `
import os
def main(file, ctx):
    name = file["path"].split("/")[-1]
    text = ctx.files.read_text(file["path"])
    ctx.files.write("out/" + name, text.upper())
    ctx.files.write("/job/out/raw.bin", b"\\x00\\xff")
    alias = ctx.files.read("/job/in/" + name).decode()
    return [text, alias, open(file["path"]).read(), open("ref.txt").read(), sorted(os.listdir("/in")), ctx.files.list()]
`;
    const row = (path: string) => ({ path, bytes: 3, version: 1, contentType: 'text/plain' });
    const gridFiles = { '/in/a.txt': 'häh', '/in/b.txt': 'bee' };
    const rest = { gridFiles, files: { 'ref.txt': 'ref' } };
    const inputs = [row('/in/a.txt'), row('/in/b.txt'), row('/in/none.txt')];
    const { values, failures } = await run(script, 3, inputs, rest);
    const files = (name: string, text: string) => [
      [`out/${name}`, new TextEncoder().encode(text)],
      ['raw.bin', Uint8Array.of(0, 255)],
    ];
    const seen = (name: string, text: string) => {
      const paths = ['ref.txt', `/in/${name}`];
      return [text, text, text, 'ref', [name], paths];
    };
    const shown = Object.values(values).map((value) => unwrapOutput(value));
    expect(shown).toEqual([
      { value: seen('a.txt', 'häh'), files: writtenOf(files('a.txt', 'HÄH')) },
      { value: seen('b.txt', 'bee'), files: writtenOf(files('b.txt', 'BEE')) },
    ]);
    expect(failures[2]?.message).toContain('The job has no file "/in/none.txt".');
  });

  test('[RU86] a file that is too large, or has no proper name, is refused by code', async () => {
    const script = `
def main(n, ctx):
    if n == 0:
        ctx.files.write("big", bytes(200_000))
    if n == 1:
        ctx.files.write("../up", b"")
    try:
        ctx.files.write("big", bytes(200_000))
    except OSError as error:
        return str(error)
`;
    const { values, failures } = await run(script, 3, undefined, { outputBytesMax: 100_000 });
    expect([failures[0]?.code, failures[1]?.code]).toEqual(['output-too-large', 'path-invalid']);
    expect(values[2]).toContain('more than its output may have');
  });

  test('[RU81] values keep their meaning both ways', async () => {
    const script = `
def main(x, ctx):
    return [type(x).__name__, x]
`;
    const inputs = [null, true, 3, 1.5, 2 ** 52, 'é', [1, [null]], { a: { b: null } }, 2 ** 60];
    const { values, failures } = await run(script, inputs.length, inputs);
    expect(failures).toEqual({});
    expect(Object.values(values)).toEqual([
      ['NoneType', null],
      ['bool', true],
      ['int', 3],
      ['float', 1.5],
      ['int', 2 ** 52],
      ['str', 'é'],
      ['list', [1, [null]]],
      ['dict', { a: { b: null } }],
      ['float', 2 ** 60],
    ]);
    const made = `
def main(n, ctx):
    return [(1, 2.0), b"ab", bytearray(b"c"), float("inf"), float("-inf"), {1: None}, "x" * 3, -0.0]
`;
    const told = await run(`import math\n${made}`);
    expect(told.failures).toEqual({});
    const [list] = Object.values(told.values) as [unknown[]];
    expect(list[0]).toEqual([1, 2]);
    expect(Object.values(list[1] as object)).toEqual([97, 98]);
    expect(list.slice(3, 7)).toEqual([Infinity, -Infinity, { 1: null }, 'xxx']);
  });

  test('[RU82] is the same in every execution, and sees nothing of its neighbours', async () => {
    const script = `
import os, random, time, uuid, secrets
seen = []
def main(n, ctx):
    seen.append(n)
    open("left.txt", "a").write("x")
    before = time.time()
    time.sleep(100)
    slept = time.time() - before
    return [len(seen), open("left.txt").read(), random.random(), ctx.random(), hash("text"), str(uuid.uuid4()),
            secrets.token_hex(4), before, round(slept, 3), time.localtime()[:3], os.getcwd(), list({"a", "b", "c"})]
`;
    const first = await run(script, 2);
    expect(first.failures).toEqual({});
    expect((await run(script, 2)).values).toEqual(first.values);
    const [one, two] = Object.values(first.values) as unknown[][];
    expect(one?.slice(0, 2)).toEqual([1, 'x']);
    expect(two?.slice(0, 2)).toEqual([1, 'x']);
    expect(one?.[2]).not.toBe(two?.[2]);
    expect(one?.[8]).toBe(100);
    expect(one?.[9]).toEqual([2000, 1, 1]);
  });

  test('[RU83] a failure is the traceback of the script alone, and the next task goes on', async () => {
    const script = `
import sys
def helper(n):
    return 1 // n

def deep(n):
    return deep(n + 1)

def main(n, ctx):
    if n == 1: return helper(0)
    if n == 2: sys.exit(3)
    if n == 3: return {"a": [object()]}
    if n == 4: raise ValueError("x" * 10000)
    if n == 5: return deep(0)
    if n == 6: return bytearray(2 ** 31 - 1)
    return n
`;
    const { values, failures } = await run(script, 8);
    expect(values).toEqual({ 0: 0, 7: 7 });
    expect(failures[1]?.code).toBe('task-threw');
    expect(failures[1]?.message).toBe(
      [
        'Traceback (most recent call last):',
        '  File "main.py", line 10, in main',
        '    if n == 1: return helper(0)',
        '                      ~~~~~~^^^',
        '  File "main.py", line 4, in helper',
        '    return 1 // n',
        '           ~~^^~~',
        'ZeroDivisionError: division by zero',
      ].join('\n'),
    );
    expect(failures[2]?.message).toContain('SystemExit: 3');
    expect(failures[3]?.code).toBe('output-not-cloneable');
    expect(failures[4]?.message).toContain('ValueError: xxx');
    expect(failures[4]?.message.length).toBeLessThanOrEqual(2000);
    expect(failures[5]?.message).toContain('RecursionError');
    expect(failures[6]?.message).toContain('MemoryError');
  });

  test('[RU100] that inflates a bomb ends by a code, and one that fits is inflated', async () => {
    const script = `
import zlib

packer = zlib.compressobj(9, zlib.DEFLATED, -15)
megabyte = packer.compress(bytes(2 ** 20)) + packer.flush(zlib.Z_FULL_FLUSH)

def main(n, ctx):
    packed = megabyte * (1 if n == 0 else 2047) + b"\\x03\\x00"
    return [len(packed), len(zlib.decompress(packed, -15))]
`;
    const { values, failures } = await run(script, 2, undefined, { timeoutMs: 60_000 });
    expect((values[0] as number[])[1]).toBe(2 ** 20);
    expect((values[0] as number[])[0]).toBeLessThan(2 ** 20 / 900);
    expect(failures[1]).toMatchObject({
      code: 'task-threw',
      message: expect.stringContaining('MemoryError'),
    });
  });

  test('[RU9] one that does not end is killed, and the rest runs in a new worker', async () => {
    const script = 'def main(n, ctx):\n    while n == 1: pass\n    return n';
    const { values, failures } = await run(script, 3, undefined, { timeoutMs: 1_000 });
    expect(values).toEqual({ 0: 0, 2: 2 });
    expect(failures[1]?.code).toBe('task-timeout');
  });

  test.each([
    ['def main(n, ctx:\n  pass', /^syntax-error: main.py:1:\d+: /],
    ['def other(n): return n', /^export-missing: The script has no function main; it has: other/],
    ['import numpy\ndef main(n): return n', /^module-unresolved: No module named 'numpy'/],
    [
      'x = 1 // 0',
      /^task-threw: The script fails when it is loaded: (.|\n)*line 1(.|\n)*ZeroDivisionError/,
    ],
  ])('[RU84] %j is refused before any task runs', async (script, why) => {
    expect(await refusal(script)).toMatch(why);
  });

  test('[RU80] may be asynchronous, a class with data, and take fewer parameters', async () => {
    const script = `
import asyncio
from dataclasses import dataclass, asdict
@dataclass
class Point:
    x: int
    y: float
async def main(n):
    await asyncio.sleep(0.01)
    return asdict(Point(n, 0.5))
`;
    const { values, failures } = await run(script, 2);
    expect(failures).toEqual({});
    expect(values).toEqual({ 0: { x: 0, y: 0.5 }, 1: { x: 1, y: 0.5 } });
  });

  test('[RU30] reaches no network and no page from Python', async () => {
    const script = `
import js
def attempt(work):
    try:
        return str(work())
    except BaseException as error:
        return type(error).__name__
def main(n, ctx):
    from urllib.request import urlopen
    import pyodide.code
    names = [name for name in ["fetch", "XMLHttpRequest", "WebSocket", "indexedDB", "importScripts", "URL", "location", "navigator", "postMessage", "Blob"] if hasattr(js, name)]
    return [names, attempt(lambda: urlopen("${'http://127.0.0.1:9/'}")), attempt(lambda: pyodide.code.run_js("1 + 1"))]
`;
    const { values, failures } = await run(script);
    expect(failures).toEqual({});
    const [names, opened, evaluated] = values[0] as [string[], string, string];
    expect(names).toEqual([]);
    expect(opened).toContain('Error');
    expect(evaluated).not.toBe('2');
  });
});
