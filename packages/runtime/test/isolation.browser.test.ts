import { createHash } from 'node:crypto';
import { type FileServer, type Served, scriptPage, serve } from '@manytabs/browser/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSandboxHtml } from '../build/sandbox-html.ts';
import { type Stage, setupStage } from './setup.ts';

// Task code tries to reach the network, the browser's stores, the page and other jobs. The truth is what a sink server
// received, and each attempt has a control that shows it would have arrived.

const HTML = 'text/html; charset=utf-8';

/** Every way out of a worker that we know of, all at once. It waits for none of them. */
const ATTEMPTS = `async (sink) => {
  const attempts = [
    () => fetch(sink + 'fetch'),
    () => fetch(sink + 'no-cors', { mode: 'no-cors' }),
    () => fetch(sink + 'keepalive', { method: 'POST', keepalive: true, body: 'x' }),
    () => { const r = new XMLHttpRequest(); r.open('GET', sink + 'xhr'); r.send(); },
    () => { const r = new XMLHttpRequest(); r.open('GET', sink + 'xhr-sync', false); r.send(); },
    () => new WebSocket(sink.replace(/^http/, 'ws') + 'socket'),
    () => new WebSocketStream(sink.replace(/^http/, 'ws') + 'socket-stream'),
    () => new EventSource(sink + 'events'),
    () => importScripts(sink + 'import-scripts.js'),
    () => import(sink + 'import.js'),
    () => new FontFace('f', 'url(' + sink + 'font)').load(),
    () => new Worker(sink + 'worker.js'),
    () => new Worker(URL.createObjectURL(new Blob(['fetch("' + sink + 'nested")']))),
    () => navigator.sendBeacon(sink + 'beacon', 'x'),
    () => new WebTransport(sink.replace(/^http:/, 'https:') + 'transport'),
  ];
  const names = [];
  for (const attempt of attempts) {
    try {
      Promise.resolve(attempt()).catch(() => {});
      names.push(String(attempt));
    } catch {}
  }
  await new Promise((go) => setTimeout(go, 1000));
  return names.length;
}`;

const plainWorker = (sink: string) =>
  `new Worker(URL.createObjectURL(new Blob([${JSON.stringify(`(${ATTEMPTS})(${JSON.stringify(sink)})
    .then((tried) => postMessage(tried))`)}]))).onmessage = () => { document.title = 'done'; };`;

let stage: Stage;
let sink: FileServer;

beforeAll(async () => {
  sink = await serve({});
  const attempts = plainWorker(`${sink.origin}/`);
  const html = await buildSandboxHtml();
  stage = await setupStage({
    '/open.html': { type: HTML, body: scriptPage('/attempts.js') },
    '/attempts.js': { type: 'text/javascript', body: attempts },
    '/policy.html': underPolicyOf(html, attempts),
    '/framed.html': { type: HTML, body: '<iframe src="/sandbox.html"></iframe>' },
    '/any-frame.html': { type: HTML, body: scriptPage('/page.js') },
    '/open-sandbox.html': { type: HTML, body: withoutPolicy(html) },
  });
}, 60_000);
afterAll(async () => {
  await stage.close();
  await sink.close();
});

/** A page with another script, under the policy of the sandbox page. */
function underPolicyOf(html: string, script: string): Served {
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = policyOf(html).replace(/'sha256-[^']+'/, `'sha256-${hash}'`);
  return { type: HTML, body: `<!doctype html><script>${script}</script>`, policy };
}

function policyOf(html: string): string {
  return /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
}

function withoutPolicy(html: string): string {
  return html.replace(/<meta http-equiv.*\n/, '');
}

async function hitsOf(path: string): Promise<readonly string[]> {
  const before = sink.hits.length;
  const page = await stage.open(path);
  await page.waitForFunction(() => document.title === 'done');
  await page.close();
  return sink.hits.slice(before);
}

describe('task code', { timeout: 60_000 }, () => {
  test('[RU30] reaches no network, while a plain worker does', async () => {
    const before = sink.hits.length;
    const page = await stage.open();
    const told = await page.evaluate(
      ([attempts, origin]) =>
        grid.runOnce(
          { js: `export const run = (n, ctx) => (${attempts})(ctx.args);`, args: origin },
          1,
        ),
      [ATTEMPTS, `${sink.origin}/`] as const,
    );
    await page.close();
    expect(Object.keys(told.values)).toEqual(['0']);
    expect(sink.hits.slice(before)).toEqual([]);
    expect(new Set(await hitsOf('/open.html')).size).toBeGreaterThanOrEqual(9);
  });

  test('[RU30] would reach none by the policy alone', async () => {
    expect(await hitsOf('/policy.html')).toEqual([]);
  });

  test('[RU31] finds no store, no identity and no page', async () => {
    const page = await stage.open();
    const { values } = await page.evaluate(() => {
      const names = ['indexedDB', 'caches', 'localStorage', 'sessionStorage', 'cookieStore'];
      names.push(
        'navigator',
        'location',
        'document',
        'window',
        'parent',
        'top',
        'opener',
        'origin',
      );
      names.push('postMessage', 'addEventListener', 'dispatchEvent', 'onmessage', 'close', 'name');
      names.push(
        'crypto',
        'Notification',
        'BroadcastChannel',
        'Worker',
        'SharedWorker',
        'Blob',
        'URL',
      );
      names.push('MessageChannel', 'OffscreenCanvas', 'Intl', 'WeakRef', 'RTCPeerConnection');
      const js = `export const run = (n, ctx) => ctx.args.filter((name) => globalThis[name] !== undefined);`;
      return grid.runOnce({ js, args: names }, 1);
    });
    await page.close();
    expect(values).toEqual({ 0: [] });
  });

  test('[RU31] sees only the globals somebody allowed', async () => {
    const page = await stage.open();
    const { values } = await page.evaluate(() => {
      const js = `export const run = () => {
        const names = [];
        for (let o = globalThis; o && o !== Object.prototype; o = Object.getPrototypeOf(o))
          names.push(...Object.getOwnPropertyNames(o).filter((name) => o[name] !== undefined));
        return names.sort();
      };`;
      return grid.runOnce({ js }, 1);
    });
    await page.close();
    const { ALLOWED_GLOBALS } = await import('../src/worker/lock-down.ts');
    const shims = ['self', 'console', 'performance', 'PERSISTENT', 'TEMPORARY'];
    shims.push('setTimeout', 'clearTimeout');
    const names = values[0] as string[];
    expect(names.filter((name) => !ALLOWED_GLOBALS.has(name) && !shims.includes(name))).toEqual([]);
    expect(names).toContain('WebAssembly');
  });

  test('[RU31] makes no code of text', async () => {
    const page = await stage.open();
    const { values } = await page.evaluate(() => {
      const js = `export const run = (n) => {
        const makers = [
          () => eval('1'),
          () => (0, eval)('1'),
          () => new Function('return 1')(),
          () => (async () => {}).constructor('return 1')(),
          () => (function* () {}).constructor('yield 1')(),
        ];
        try { makers[n](); return 'made'; } catch (thrown) { return thrown.name; }
      };`;
      return grid.runOnce({ js }, 5);
    });
    await page.close();
    expect(Object.values(values)).toEqual(Array(5).fill('EvalError'));
  });

  test('[RU31] hears nothing of what the frame tells its worker', async () => {
    const page = await stage.open();
    const { values } = await page.evaluate(() => {
      const js = `
        const heard = [];
        AbortSignal.prototype.addEventListener.call(globalThis, 'message', () => heard.push(1));
        globalThis.onmessage = () => heard.push(1);
        export const run = async (n, ctx) => {
          let signalled = 0;
          const controller = new AbortController();
          controller.signal.addEventListener('abort', () => signalled++);
          controller.abort();
          await new Promise((go) => setTimeout(go, 30));
          return [heard.length, signalled, typeof ctx.signal.addEventListener];
        };`;
      return grid.runOnce({ js }, 2);
    });
    await page.close();
    expect(values).toEqual({ 0: [0, 1, 'function'], 1: [0, 1, 'function'] });
  });

  test('[RU32] of one job shares no worker and no frame with another', async () => {
    const page = await stage.open();
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const js = `export const run = (n, ctx) => {
        globalThis.left ??= [];
        globalThis.left.push(ctx.args);
        return globalThis.left;
      };`;
      const jobs = [await grid.openJob(runtime, { js, args: 'a' })];
      jobs.push(await grid.openJob(runtime, { js, args: 'b' }));
      const heard = await Promise.all(jobs.map((job) => grid.runTasks(job, 0, 1)));
      const frames = document.querySelectorAll('iframe').length;
      runtime.close();
      return { heard: heard.map(({ values }) => values[0]), frames };
    });
    await page.close();
    expect(told.heard).toEqual([['a'], ['b']]);
    expect(told.frames).toBeGreaterThanOrEqual(2);
  });
});

describe('the sandbox page', { timeout: 60_000 }, () => {
  test('[RU33] does nothing when it is opened by itself, or framed without a sandbox', async () => {
    const alone = await stage.open('/sandbox.html');
    expect(await alone.evaluate(() => document.documentElement.dataset.sandbox)).toBe('refused');
    const framed = await stage.open('/framed.html');
    const frame = framed.frames()[1];
    await frame?.waitForLoadState();
    expect(await frame?.evaluate(() => document.documentElement.dataset.sandbox)).toBe('refused');
    expect([...alone.workers(), ...framed.workers()]).toEqual([]);
  });

  test('[RU33] is taken for nobody else', async () => {
    const page = await stage.open();
    const told = await page.evaluate(async () => {
      const forged = new MessageChannel();
      let calls = 0;
      forged.port1.onmessage = () => calls++;
      const other = new MessageChannel();
      const runtime = grid.runtimeOf();
      const opening = grid.openJob(runtime, { js: 'export const run = (n) => n;' });
      window.postMessage('manytabs-sandbox-ready', '*', [forged.port2, other.port2]);
      const { values } = await grid.runTasks(await opening, 0, 2);
      runtime.close();
      return { values, calls };
    });
    expect(told).toEqual({ values: { 0: 0, 1: 1 }, calls: 0 });
  });

  test('[RU36] keeps an origin of its own where its server says so, and task code reaches as little', async () => {
    const html = await buildSandboxHtml();
    const page = await stage.open('/any-frame.html');
    const marked = (origin: string) =>
      html.replace('<!doctype html>', `<html data-own-origin="${origin}">`);
    const files: Record<string, Served> = { '/sandbox.html': { type: HTML, body: html } };
    const other = await serve(files);
    const outcome = (origin: string) =>
      page.evaluate(
        async ([origin, attempts, sink]) => {
          const runtime = grid.runtimeAt(`${origin}/sandbox.html`);
          try {
            const refused = await grid.codeOf(runtime.selfTest());
            if (refused !== 'none') return refused;
            const js = `export const run = (n, ctx) => (${attempts})(ctx.args);`;
            const job = await grid.openJob(runtime, { js, args: sink });
            return Object.keys((await grid.runTasks(job, 0, 1)).values);
          } finally {
            runtime.close();
          }
        },
        [origin, ATTEMPTS, `${sink.origin}/`] as const,
      );
    const before = sink.hits.length;
    // Without the word of the server the page refuses to run there, and so it does on the origin of the page.
    expect(await outcome(other.origin)).toContain('The sandbox frame did not start');
    expect(await outcome(stage.server.origin)).toContain('would have the origin of the page');
    files['/sandbox.html'] = { type: HTML, body: marked(other.origin) };
    expect(await outcome(other.origin)).toEqual(['0']);
    expect(sink.hits.slice(before)).toEqual([]);
    await Promise.all([page.close(), other.close()]);
  });

  test('[RU34] passes its self-test in this browser', async () => {
    const page = await stage.open();
    expect(await page.evaluate(() => grid.codeOf(grid.runtimeOf().selfTest()))).toBe('none');
  });

  test('[RU34] fails its self-test when its policy is gone', async () => {
    const page = await stage.open('/any-frame.html');
    const code = await page.evaluate(() =>
      grid.codeOf(grid.runtimeOf(1, '/open-sandbox.html').selfTest()),
    );
    expect(code).toMatch(/^sandbox-refused: .*import of data, eval, Function\.$/);
  });

  test('[RU34] fails its self-test when it is not there', async () => {
    const page = await stage.open('/any-frame.html');
    const code = await page.evaluate(() =>
      grid.codeOf(grid.runtimeOf(1, '/nowhere.html').selfTest()),
    );
    expect(code).toMatch(/^sandbox-refused/);
  });
});
