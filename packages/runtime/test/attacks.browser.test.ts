import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { deflateRawSync } from 'node:zlib';
import { type FileServer, scriptPage, serve } from '@manytabs/browser/testing';
import type { Frame, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as modules from './modules.ts';
import { type Stage, setupStage } from './setup.ts';

// Attacks on the sandbox that need a real browser and no crash: from the frame's own document, on the frame from
// outside, and on the worker's realm from within. Each is tried where it must fail and where it would succeed.

let stage: Stage;
let sink: FileServer;
let page: Page;

beforeAll(async () => {
  sink = await serve({});
  stage = await setupStage({
    '/loose.html': { type: 'text/html', body: scriptPage('/page.js') },
    '/listening.html': {
      type: 'text/html',
      body: `<script>onmessage = ({ ports }) => ports[0]?.postMessage('heard');</script>`,
    },
    '/elsewhere.html': { type: 'text/html', body: '<title>elsewhere</title>' },
  });
  page = await stage.open();
}, 60_000);
afterAll(async () => {
  await stage.close();
  await sink.close();
});

/** The document of a sandbox frame that is up. */
async function frameOf(where: Page): Promise<Frame> {
  await where.evaluate(() => grid.runtimeOf().warm());
  const frame = where.frames().find((one) => one.url().endsWith('/sandbox.html'));
  if (!frame) throw new TypeError('The page has no sandbox frame.');
  return frame;
}

/** Whatever a script in the frame's document could do to leave, or to make somebody fetch. */
const LEAVE = `(sink) => {
  const add = (name, attributes) =>
    document.documentElement.append(Object.assign(document.createElement(name), attributes));
  const ways = [
    () => fetch(sink + 'fetch', { mode: 'no-cors' }),
    () => navigator.sendBeacon(sink + 'beacon', 'x'),
    () => { new Image().src = sink + 'image'; },
    () => add('script', { src: sink + 'script.js' }),
    () => add('link', { rel: 'stylesheet', href: sink + 'style.css' }),
    () => add('link', { rel: 'prefetch', href: sink + 'prefetch' }),
    () => add('iframe', { src: sink + 'frame' }),
    () => add('object', { data: sink + 'object' }),
    () => new Worker(sink + 'worker.js'),
    () => new WebSocket(sink.replace('http', 'ws') + 'socket'),
    () => open(sink + 'popup'),
    () => { top.location = sink + 'top'; },
    () => { const form = document.createElement('form'); form.action = sink + 'form';
      document.documentElement.append(form); form.submit(); },
    () => document.createElement('a').click.call(Object.assign(document.createElement('a'),
      { href: sink + 'ping', ping: sink + 'ping-to', target: '_blank' })),
  ];
  for (const way of ways) try { Promise.resolve(way()).catch(() => {}); } catch {}
}`;

describe('the document of the frame', { timeout: 60_000 }, () => {
  test('[RU30] reaches no network by any of its elements, while a plain document does', async () => {
    const own = await stage.open();
    const frame = await frameOf(own);
    const before = sink.hits.length;
    await frame.evaluate(`(${LEAVE})(${JSON.stringify(`${sink.origin}/`)})`);
    await own.evaluate(() => grid.pass(800));
    expect(sink.hits.slice(before)).toEqual([]);
    expect(new URL(own.url()).pathname).toBe('/');
    const plain = await stage.open('/elsewhere.html');
    await plain.evaluate(`(${LEAVE})(${JSON.stringify(`${sink.origin}/`)})`);
    await expect.poll(() => new Set(sink.hits.slice(before)).size).toBeGreaterThanOrEqual(6);
    await Promise.all([own.close(), plain.close()]);
  });

  test.each(['elsewhere', 'sink'])('[RU33] leads itself nowhere: %s', async (where) => {
    const target =
      where === 'sink' ? `${sink.origin}/led` : `${stage.server.origin}/elsewhere.html`;
    const arrived = () =>
      [...sink.hits, ...stage.server.hits].filter((hit) => /led|elsewhere/.test(hit)).length;
    const before = arrived();
    const lead = async (path: string) => {
      const own = await stage.open(path);
      const frame = await frameOf(own);
      await frame.evaluate((to) => {
        setTimeout(() => location.replace(to));
      }, target);
      return own;
    };
    const kept = await lead('/');
    await kept.evaluate(() => grid.pass(700));
    expect(arrived()).toBe(before);
    // The same without the page's policy.
    const loose = await lead('/loose.html');
    await expect.poll(arrived).toBe(before + 1);
    await Promise.all([kept.close(), loose.close()]);
  });

  test('[RU30] has no WebRTC, by which a plain page sends packets', async () => {
    const { socket, address, heard } = await udpSink();
    const call = `(url) => {
      const make = globalThis.RTCPeerConnection ?? globalThis.webkitRTCPeerConnection;
      if (!make) return 'none';
      const peer = new make({ iceServers: [{ urls: url }] });
      peer.createDataChannel('x');
      peer.createOffer().then((offer) => peer.setLocalDescription(offer));
      return 'made';
    }`;
    const dial = (where: Page | Frame) =>
      where.evaluate(`(${call})(${JSON.stringify(`stun:${address}`)})`);
    const own = await stage.open();
    expect(await dial(await frameOf(own))).toBe('none');
    await own.evaluate(() => grid.pass(300));
    expect(heard()).toBe(0);
    expect(await dial(own)).toBe('made');
    await expect.poll(heard, { timeout: 10_000 }).toBeGreaterThan(0);
    await own.close();
    socket.close();
  });

  test('[RU33] takes no orders by window messages, whoever sends them', async () => {
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const job = await grid.openJob(runtime, { js: 'export const run = (n) => n;' });
      const forge = (target: Window | null) => {
        const { port1, port2 } = new MessageChannel();
        const answered = new Promise<unknown>((resolve) => {
          port1.onmessage = ({ data }) => resolve(data);
        });
        const order = { run: 9, from: 0, to: 3, chunk: undefined, chunkFrom: 0 };
        const words = [
          { id: 'x', type: 'APPLY', path: ['run'], argumentList: [{ type: 'RAW', value: order }] },
          { id: 'y', type: 'GET', path: ['constructor'] },
          { type: 'work', order },
          { type: 'batch', batch: { from: 0, to: 3 } },
          'manytabs-sandbox-ready',
          0,
        ];
        for (const [i, word] of words.entries())
          target?.postMessage(word, '*', i === 0 ? [port2] : []);
        return Promise.race([answered, grid.pass(400)]);
      };
      const frames = [...document.querySelectorAll('iframe')];
      const heard = await Promise.all(frames.map((one) => forge(one.contentWindow)));
      const { values } = await grid.runTasks(job, 0, 2);
      runtime.close();
      return { heard, values, frames: frames.length };
    });
    expect(told.frames).toBeGreaterThan(0);
    expect(told.heard.filter((word) => word !== undefined)).toEqual([]);
    expect(told.values).toEqual({ 0: 0, 1: 1 });
    const control = await stage.open('/loose.html');
    const answer = await control.evaluate(async () => {
      const frame = document.createElement('iframe');
      frame.src = '/listening.html';
      document.body.append(frame);
      await new Promise((go) => frame.addEventListener('load', go));
      const { port1, port2 } = new MessageChannel();
      const answered = new Promise<unknown>((resolve) => {
        port1.onmessage = ({ data }) => resolve(data);
      });
      frame.contentWindow?.postMessage(0, '*', [port2]);
      return answered;
    });
    expect(answer).toBe('heard');
    await control.close();
  });

  test('[RU32] is heard on no channel by the page, nor by the frame of another job', async () => {
    const own = await stage.open('/loose.html');
    await own.evaluate(async () => {
      await grid.runtimeOf().warm();
      await grid.runtimeOf().warm();
    });
    const [first, second] = own.frames().filter((one) => one.url().endsWith('/sandbox.html'));
    const listen = () => {
      const scope = globalThis as { heard?: string[]; channel?: BroadcastChannel };
      scope.heard = [];
      scope.channel = new BroadcastChannel('covert');
      scope.channel.onmessage = ({ data }) => scope.heard?.push(String(data));
    };
    const speak = (word: string) => new BroadcastChannel('covert').postMessage(word);
    const heard = () => (globalThis as { heard?: string[] }).heard ?? [];
    for (const one of [own, second]) await one?.evaluate(listen);
    await first?.evaluate(speak, 'from a job');
    await own.evaluate(() => grid.pass(200));
    expect(await Promise.all([own, second].map((one) => one?.evaluate(heard)))).toEqual([[], []]);
    // A worker of the page itself would be heard.
    await own.evaluate(() => {
      const code = `new BroadcastChannel('covert').postMessage('from a plain worker')`;
      new Worker(URL.createObjectURL(new Blob([code])));
    });
    await expect.poll(() => own.evaluate(heard)).toEqual(['from a plain worker']);
    await own.close();
  });
});

async function udpSink(): Promise<{ socket: Socket; address: string; heard(): number }> {
  const addresses = Object.values(networkInterfaces()).flat();
  const outer = addresses.find((one) => one && !one.internal && one.family === 'IPv4');
  const socket = createSocket('udp4');
  let packets = 0;
  socket.on('message', () => packets++);
  socket.bind(0, '0.0.0.0');
  await once(socket, 'listening');
  const address = `${outer?.address ?? '127.0.0.1'}:${socket.address().port}`;
  return { socket, address, heard: () => packets };
}

/** Zeros, as small as DEFLATE makes them: one byte for 1,029. */
const bombOf = (bytes: number): number[] => [...deflateRawSync(new Uint8Array(bytes))];

/** What one task of each job does to the realm of its worker, and what becomes of it: a value, or a code. */
const REALM: Readonly<Record<string, readonly [body: string, outcome: unknown]>> = {
  'keys on Object.prototype': [
    `Object.prototype.type = 'refused'; Object.prototype.then = (go) => go(1);
     Object.prototype.polluted = Object.prototype.values = 7; return 5;`,
    5,
  ],
  'a getter that throws': [`return { get a() { throw 1; } };`, 'output-not-cloneable'],
  'a proxy': [
    `return new Proxy({}, { get() { throw 1; }, has() { throw 2; }, ownKeys() { throw 3; } });`,
    'task-threw',
  ],
  'methods of Array that lie': [
    `Array.prototype.push = Array.prototype.map = Array.prototype.slice = () => { throw 1; };
     return 5;`,
    5,
  ],
  'methods of bytes that lie': [
    `Uint8Array.prototype.set = Uint8Array.prototype.subarray = () => new Uint8Array(3);
     return { a: 1 };`,
    'output-too-large',
  ],
  'Promise.prototype.then that holds on': [
    `Promise.prototype.then = function () { return this; }; return 5;`,
    5,
  ],
  'a thenable of a thenable': [`return { then(go) { go({ then(on) { on(5); } }); } };`, 5],
  'a then that throws': [`return { get then() { throw new Error('no'); } };`, 'task-threw'],
  'a then that never goes': [`return { then() {} };`, 'task-timeout'],
  'a stack that tells of its callers': [
    `let seen = 0;
     Error.prepareStackTrace = (_, calls) => calls.filter((one) => one.getFunction() || one.getThis()).length;
     return new Error().stack;`,
    0,
  ],
  'names that words of ours have': [
    `globalThis.postMessage = globalThis.onmessage = globalThis.type = () => { throw 1; }; return 5;`,
    5,
  ],
  '__proto__ as a key': [
    `return JSON.parse('{"__proto__":{"polluted":1}}');`,
    'output-not-cloneable',
  ],
  'a cycle': [`const a = []; a.push(a); return a;`, 'output-not-cloneable'],
  'a symbol in a map': [`return new Map([[1, Symbol('s')]]);`, 'output-not-cloneable'],
  'a detached buffer': [
    `const bytes = new Uint8Array(9); structuredClone(bytes, { transfer: [bytes.buffer] }); return bytes;`,
    'output-not-cloneable',
  ],
  'an error with a name that never ends': [
    `throw Object.defineProperty(new Error('x'), 'name', { get() { for (;;); } });`,
    'task-timeout',
  ],
  'an error dressed as ours': [
    `throw Object.assign(new Error('x'), { name: 'GridError', code: 'manifest-refused' });`,
    'task-threw',
  ],
  'output without end': [
    `const all = []; for (;;) all.push('x'.repeat(999) + all.length);`,
    'task-timeout',
  ],
  'more lines than anybody reads': [
    `for (let i = 0; i < 3e4; i++) console.log('x'.repeat(9999), { i }); return 5;`,
    5,
  ],
  'a microtask that calls itself': [
    `(function again() { Promise.resolve().then(again); })(); await new Promise((go) => setTimeout(go));`,
    'task-timeout',
  ],
  'WASM that does not end': [
    `const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(ctx.args)));
     return exports.run(0);`,
    'task-timeout',
  ],
};

describe('a task that turns on its realm', { timeout: 60_000 }, () => {
  test.each(Object.entries(REALM))('[RU33] %s', async (_name, [body, outcome]) => {
    const told = await page.evaluate(
      async ([body, endless]) => {
        const runtime = grid.runtimeOf();
        const js = `export const run = async (n, ctx) => { if (n > 0) return n; ${body} };`;
        const hostile = await grid.openJob(runtime, { js, timeoutMs: 700, args: endless });
        const honest = await grid.openJob(runtime, { js: 'export const run = (n) => n + 1;' });
        const [bad, good] = await Promise.all([
          grid.runTasks(hostile, 0, 1),
          grid.runTasks(honest, 0, 3),
        ]);
        runtime.close();
        const clean = Object.keys(Object.prototype).length === 0 && !('polluted' in {});
        return {
          bad: bad.failures[0]?.code ?? bad.values[0],
          good: good.values,
          clean,
          ms: bad.ms,
        };
      },
      [body, modules.endless] as const,
    );
    expect(told).toMatchObject({ bad: outcome, good: { 0: 1, 1: 2, 2: 3 }, clean: true });
    expect(told.ms).toBeLessThan(6_000);
  });

  test('[RU32] has its own realm alone: the next job finds nothing of it', async () => {
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const js = (body: string) => ({ js: `export const run = () => { ${body} };` });
      const dirty = js('const was = [].polluted; Array.prototype.polluted = 1; return was ?? 0;');
      const results: unknown[] = [];
      const first = await grid.openJob(runtime, dirty, 'ann');
      results.push((await grid.runTasks(first, 0, 2)).values);
      first.close();
      const second = await grid.openJob(runtime, dirty, 'bob');
      results.push((await grid.runTasks(second, 0, 1)).values);
      runtime.close();
      return results;
    });
    // The control: a task does see what the one before it did in the same worker.
    expect(told).toEqual([{ 0: 0, 1: 1 }, { 0: 0 }]);
  });

  test('[RU94] leaves no timer running into the next task', async () => {
    const { values } = await page.evaluate(() => {
      const js = `let ticks = 0;
        const tick = () => { ticks++; setTimeout(tick, 1); };
        export const run = async (n) => {
          ticks = 0;
          if (n !== 1) setTimeout(tick, 1);
          if (n === 0) return;
          await new Promise((go) => setTimeout(go, 50));
          return ticks > 0;
        };`;
      return grid.runOnce({ js }, 3);
    });
    // Task 1 hears nothing of the timer that task 0 left; task 2 hears its own.
    expect(values).toEqual({ 0: null, 1: false, 2: true });
  });

  test('[RU94] keeps no worker busy after it has returned', async () => {
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const js = `export const run = (n) => {
        if (n === 0) (function again() { Promise.resolve().then(again); })();
        return n;
      };`;
      const job = await grid.openJob(runtime, { js, timeoutMs: 20_000 });
      const first = await grid.runTasks(job, 0, 1);
      await grid.pass(6_500);
      const next = await grid.runTasks(job, 1, 2);
      runtime.close();
      return { first: first.values, next: next.values, failures: next.failures, ms: next.ms };
    });
    expect(told).toMatchObject({ first: { 0: 0 }, next: { 1: 1 }, failures: {} });
    expect(told.ms).toBeLessThan(1_500);
  });

  test('[RU94] [RU51] finds no timer, zone or locale by the prototypes of its realm', async () => {
    const { values } = await page.evaluate(() => {
      const js = `export const run = () => {
        const found = [];
        for (let o = globalThis; o; o = Object.getPrototypeOf(o))
          if (Object.hasOwn(o, 'setTimeout')) found.push(String(o.setTimeout).includes('native code'));
        return [found, typeof new Date().toTemporalInstant];
      };`;
      return grid.runOnce({ js }, 1);
    });
    expect(values[0]).toEqual([[false], 'undefined']);
    // A page has both.
    const native = () => [String(setTimeout), typeof new Date(0).toLocaleString()];
    expect(await page.evaluate(native)).toEqual([expect.stringContaining('native'), 'string']);
  });

  test.each([
    ['array buffers', 'const all = []; for (;;) all.push(new ArrayBuffer(2 ** 30));'],
    [
      'a WASM memory that grows',
      'const one = new WebAssembly.Memory({ initial: 0 }); for (;;) one.grow(4096);',
    ],
    [
      'many WASM memories',
      'const all = []; for (;;) all.push(new WebAssembly.Memory({ initial: 16384 }));',
    ],
  ])('[RU44] that asks for memory without end ends by a code: %s', async (_what, body) => {
    const told = await page.evaluate(async (body) => {
      const runtime = grid.runtimeOf();
      const js = `export const run = (n) => { if (n === 0) { ${body} } return n; };`;
      const hostile = await grid.openJob(runtime, { js, timeoutMs: 900 });
      const honest = await grid.openJob(runtime, { js: 'export const run = (n) => n + 1;' });
      const [bad, good] = await Promise.all([
        grid.runTasks(hostile, 0, 2),
        grid.runTasks(honest, 0, 3),
      ]);
      runtime.close();
      return { code: bad.failures[0]?.code, next: bad.values[1], good: good.values };
    }, body);
    expect(told.code).toMatch(/^task-(threw|timeout|crashed)$/);
    // A task of the same job that asks for less goes on, and so does the other job.
    expect(told).toMatchObject({ next: 1, good: { 0: 1, 1: 2, 2: 3 } });
  });

  test('[RU100] finds no inflater of the browser, with which a plain page blows a bomb up', async () => {
    const names = ['DecompressionStream', 'CompressionStream', 'Response', 'Blob'];
    const js = `export const run = () => ${JSON.stringify(names)}.map((name) => typeof globalThis[name]);`;
    const { values } = await page.evaluate((js) => grid.runOnce({ js }, 1), js);
    expect(values[0]).toEqual(names.map(() => 'undefined'));
    const inflated = await page.evaluate(
      async (bomb) => {
        const { readable, writable } = new DecompressionStream('deflate-raw');
        const writer = writable.getWriter();
        void writer.write(Uint8Array.from(bomb)).then(() => writer.close());
        return (await new Response(readable).arrayBuffer()).byteLength;
      },
      bombOf(2 ** 20),
    );
    expect(inflated).toBe(2 ** 20);
  });

  test('[RU100] that brings an inflater of its own ends at its output limit, and others go on', async () => {
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      // Runs of one byte: a value and how often.
      const js = `export const run = (runs) => {
        const bytes = new Uint8Array(runs.reduce((sum, [, count]) => sum + count, 0));
        let at = 0;
        for (const [value, count] of runs) bytes.fill(value, at, (at += count));
        return bytes;
      };`;
      const bombs = [[[7, 2 ** 19]], [[7, 2 ** 28]], [[8, 2 ** 19]]];
      const job = await grid.openJob(runtime, { js, outputBytesMax: 2 ** 20 });
      const { values, failures } = await grid.runTasks(job, 0, 3, bombs);
      runtime.close();
      const lengths = [0, 2].map((index) => (values[index] as Uint8Array).length);
      return { lengths, code: failures[1]?.code };
    });
    expect(told).toEqual({ lengths: [2 ** 19, 2 ** 19], code: 'output-too-large' });
  });

  test('[RU9] whose module never comes to its end is refused, and others go on', async () => {
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const startedAt = performance.now();
      const opening = grid.codeOf(
        grid.openJob(runtime, { js: 'for (;;); export const run = 1;', timeoutMs: 900 }),
      );
      const honest = await grid.openJob(runtime, { js: 'export const run = (n) => n;' });
      const { values } = await grid.runTasks(honest, 0, 2);
      const code = await opening;
      runtime.close();
      return { values, code, ms: performance.now() - startedAt };
    });
    expect(told.values).toEqual({ 0: 0, 1: 1 });
    expect(told.code).toMatch(/^task-timeout: The module did not load within/);
    expect(told.ms).toBeLessThan(13_000);
  });
});
