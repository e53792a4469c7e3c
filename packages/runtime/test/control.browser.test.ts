import { fileURLToPath } from 'node:url';
import { bundleScript, openUndriven, scriptPage } from '@manytabs/browser/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stage, setupStage } from './setup.ts';

// What the page can do to runs, and what becomes of them when a frame dies.

let stage: Stage;

beforeAll(async () => {
  const crash = fileURLToPath(new URL('crash-page.ts', import.meta.url));
  stage = await setupStage(
    {
      '/crash.html': { type: 'text/html', body: scriptPage('/crash.js') },
      '/crash.js': { type: 'text/javascript', body: await bundleScript(crash) },
    },
    ['--host-resolver-rules=MAP grid.test 127.0.0.1'],
  );
}, 60_000);
afterAll(() => stage.close());

describe('a run', { timeout: 60_000 }, () => {
  test('[RU40] that is held stops at its next chance and goes on later', async () => {
    const page = await stage.open();
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const body = '(n) => { const end = Date.now() + 30; while (Date.now() < end); return n; }';
      const job = await grid.openJob(runtime, {
        js: `export const run = ${body}`,
        timeoutMs: 1000,
      });
      const run = grid.startTasks(job, { from: 0, to: 20, chunk: undefined, chunkFrom: 0 });
      await grid.until(() => run.heard.order.length >= 3);
      job.hold(true);
      await grid.pass(150);
      const atHold = run.heard.order.length;
      await grid.pass(1500);
      const stillThere = run.heard.order.length;
      job.hold(false);
      const { values, failures } = await run.told;
      runtime.close();
      return { atHold, stillThere, values: Object.values(values), failures };
    });
    await page.close();
    expect(told.stillThere).toBe(told.atHold);
    expect(told.atHold).toBeLessThan(20);
    expect(told.values).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(told.failures).toEqual({});
  });

  test.each([
    // Short tasks in one worker, long ones, and several workers at once, each of which keeps to it.
    { duty: 0.5, taskMs: 4, tasks: 250, workers: 1 },
    { duty: 0.25, taskMs: 300, tasks: 4, workers: 1 },
    { duty: 0.5, taskMs: 40, tasks: 24, workers: 2 },
  ])(
    '[RU48] at a duty of $duty computes that share of the time: $tasks tasks of $taskMs ms',
    async (load) => {
      const page = await stage.open();
      const { share, failures } = await page.evaluate(async ({ duty, taskMs, tasks, workers }) => {
        const runtime = grid.runtimeOf(workers);
        runtime.setDuty(duty);
        const body = `(n) => { const end = Date.now() + ${taskMs}; while (Date.now() < end); return n; }`;
        const job = await grid.openJob(runtime, {
          js: `export const run = ${body}`,
          timeoutMs: 1000,
        });
        const each = tasks / workers;
        const began = performance.now();
        const told = await Promise.all(
          Array.from({ length: workers }, (_, i) => grid.runTasks(job, i * each, (i + 1) * each)),
        );
        // The rest of the last slice is the next run's, so that is waited for too.
        await grid.runTasks(job, tasks, tasks + 1);
        const elapsedMs = (performance.now() - began) * workers;
        runtime.close();
        const failed = told.map(({ failures }) => Object.keys(failures).length);
        return { share: (tasks * taskMs) / elapsedMs, failures: failed };
      }, load);
      await page.close();
      expect(new Set(failures)).toEqual(new Set([0]));
      expect(share).toBeLessThan(load.duty * 1.12);
      // A machine that is busy computes less; without any work at all it would be none.
      expect(share).toBeGreaterThan(load.duty * 0.4);
    },
  );

  test('[RU48] works its share of the time, and rest is charged to nobody', async () => {
    const page = await stage.open();
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      runtime.setDuty(0.25);
      const body = '(n) => { const end = Date.now() + 20; while (Date.now() < end); return n; }';
      const job = await grid.openJob(runtime, { js: `export const run = ${body}`, timeoutMs: 200 });
      const from = performance.now();
      const run = grid.startTasks(job, { from: 0, to: 60, chunk: undefined, chunkFrom: 0 });
      const { values, failures } = await run.told;
      const tookMs = performance.now() - from;
      runtime.close();
      return { tookMs, values: Object.values(values).length, failures };
    });
    await page.close();
    expect(told).toMatchObject({ values: 60, failures: {} });
    // 1.2 s of work at a quarter of the time; the last slice owes its rest to the next run.
    expect(told.tookMs).toBeGreaterThan(4_300);
  });

  test('[VO50] a long task rests whenever it calls its context, and that is no work of it', async () => {
    const page = await stage.open();
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      runtime.setDuty(0.25);
      const js = `export const run = (n, ctx) => {
        for (let step = 0; step < 20; step++) {
          const end = Date.now() + 50;
          while (Date.now() < end);
          ctx.progress(step / 20);
        }
        return n;
      }`;
      const job = await grid.openJob(runtime, { js, timeoutMs: 2_000 });
      const from = performance.now();
      const { values, failures, busyMs } = await grid.runTasks(job, 0, 1);
      const tookMs = performance.now() - from;
      runtime.close();
      return { tookMs, values: Object.values(values), failures, busyMs };
    });
    await page.close();
    expect(told).toMatchObject({ values: [0], failures: {} });
    // A second of work at a quarter of the time.
    expect(told.tookMs).toBeGreaterThan(3_700);
    expect(told.busyMs).toBeLessThan(told.tookMs / 2);
  });

  test('[VO52] that is held in the middle of a loop takes its frame with it, and goes on in another', async () => {
    const page = await stage.open();
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const js = `export const run = (n) => {
        const end = Date.now() + (n === 1 ? 2500 : 50);
        while (Date.now() < end);
        return n;
      }`;
      const job = await grid.openJob(runtime, { js, timeoutMs: 30_000 });
      const frames = () => document.querySelectorAll('iframe').length;
      const run = grid.startTasks(job, { from: 0, to: 3, chunk: undefined, chunkFrom: 0 });
      await grid.until(() => run.heard.order.length >= 1);
      const before = frames();
      job.hold(true);
      await grid.until(() => frames() < before);
      job.hold(false);
      const { values, failures } = await run.told;
      runtime.close();
      return { values: Object.values(values), failures };
    });
    await page.close();
    expect(told).toEqual({ values: [0, 1, 2], failures: {} });
  });

  test('[RU93] that is killed goes on from the last checkpoint of its task', async () => {
    const page = await stage.open();
    const values = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const js = `export const run = (n, ctx) => {
        const began = ctx.restore() ?? 0;
        let step = began;
        for (; step < 20; step++) {
          const end = Date.now() + 100;
          while (Date.now() < end);
          ctx.checkpoint(step);
          if (step === 12) ctx.log('twelve');
        }
        return { began: began > 0, step };
      }`;
      const job = await grid.openJob(runtime, { js, timeoutMs: 30_000 });
      const run = grid.startTasks(job, { from: 0, to: 1, chunk: undefined, chunkFrom: 0 });
      await grid.until(() => run.heard.logs.length === 1);
      job.hold(true);
      await grid.pass(2500);
      job.hold(false);
      const { values } = await run.told;
      runtime.close();
      return values;
    });
    await page.close();
    expect(values).toEqual({ 0: { began: true, step: 20 } });
  });

  test('[RU40] that has no chance is killed after 150 ms and runs again from there', async () => {
    const page = await stage.open();
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const js = `export const run = (n, ctx) => {
        ctx.log('start');
        const end = Date.now() + (n === 1 ? 3500 : 0);
        while (Date.now() < end);
        return n;
      }`;
      const job = await grid.openJob(runtime, { js, timeoutMs: 30_000 });
      const run = grid.startTasks(job, { from: 1, to: 3, chunk: undefined, chunkFrom: 0 });
      await grid.until(() => run.heard.logs.length === 1);
      job.hold(true);
      await grid.pass(500);
      const whileHeld = run.heard.order.length;
      job.hold(false);
      const { values, failures, logs } = await run.told;
      runtime.close();
      return {
        whileHeld,
        values,
        failures,
        starts: logs.filter(({ index }) => index === 1).length,
      };
    });
    await page.close();
    expect(told).toEqual({ whileHeld: 0, values: { 1: 1, 2: 2 }, failures: {}, starts: 2 });
  });

  test('[RU41] that is killed is not heard of again, and frees its worker', async () => {
    const page = await stage.open();
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const js = 'export const run = (n) => { while (n === 5); return n; }';
      const job = await grid.openJob(runtime, { js });
      const first = grid.startTasks(job, { from: 5, to: 7, chunk: undefined, chunkFrom: 0 });
      const waiting = grid.startTasks(job, { from: 1, to: 2, chunk: undefined, chunkFrom: 0 });
      first.run.kill();
      waiting.run.kill();
      first.run.kill();
      const { values, ms } = await grid.runTasks(job, 2, 4);
      runtime.close();
      return { values, ms, killed: [first.heard.order, waiting.heard.order] };
    });
    await page.close();
    expect(told.values).toEqual({ 2: 2, 3: 3 });
    expect(told.ms).toBeLessThan(3000);
    expect(told.killed).toEqual([[], []]);
  });

  test('[RU42] finds as many workers as the volunteer grants', async () => {
    const page = await stage.open();
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf(1);
      const js =
        'export const run = async (n) => { await new Promise((go) => setTimeout(go, 300)); return n; }';
      const job = await grid.openJob(runtime, { js });
      const together = () =>
        Promise.all([grid.runTasks(job, 0, 1), grid.runTasks(job, 1, 2), grid.runTasks(job, 2, 3)]);
      const alone = Math.max(...(await together()).map(({ ms }) => ms));
      runtime.setWorkers(3);
      await together();
      const shared = Math.max(...(await together()).map(({ ms }) => ms));
      runtime.setWorkers(1);
      const again = Math.max(...(await together()).map(({ ms }) => ms));
      runtime.close();
      return { alone, shared, again };
    });
    const workers = page.workers().length;
    await page.close();
    expect(told.alone).toBeGreaterThan(850);
    expect(told.shared).toBeLessThan(850);
    expect(told.again).toBeGreaterThan(850);
    expect(workers).toBe(0);
  });

  test('[RU43] leaves no frame behind when the runtime closes', async () => {
    const page = await stage.open();
    const frames = await page.evaluate(async () => {
      const runtime = grid.runtimeOf(2);
      await runtime.warm();
      const job = await grid.openJob(runtime, { js: 'export const run = (n) => n;' });
      await grid.runTasks(job, 0, 10);
      job.close();
      await grid.until(() => document.querySelectorAll('iframe').length === 1);
      runtime.close();
      await grid.pass(400);
      return document.querySelectorAll('iframe').length;
    });
    await page.close();
    expect(frames).toBe(0);
  });

  test('[RU44] goes on in a new frame when its task ate all memory, without that task', async () => {
    const { origin, hits } = stage.server;
    const browser = await openUndriven(`${origin}/crash.html`, [
      '--js-flags=--max-old-space-size=64',
    ]);
    try {
      const told = 'GET /told?[{"0":0,"1":1,"3":3,"4":4},"task-crashed"]';
      await expect.poll(() => hits.map(decodeURI), { timeout: 40_000 }).toContain(told);
    } finally {
      await browser.close();
    }
  });
});

describe('a page', { timeout: 60_000 }, () => {
  test('[RU45] over plain http on a name of the network computes as well', async () => {
    const page = await stage.browser.newPage();
    await page.goto(`http://grid.test:${stage.server.port}/`);
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const refused = await grid.codeOf(runtime.selfTest());
      const { values } = await grid.runOnce({ js: 'export const run = (n) => n;' }, 2);
      runtime.close();
      return { secure: window.isSecureContext, refused, values };
    });
    await page.close();
    expect(told).toEqual({ secure: false, refused: 'none', values: { 0: 0, 1: 1 } });
  });

  test('[RU46] has a spare frame, so that a job starts at once', async () => {
    const page = await stage.open();
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf(2);
      await runtime.warm();
      await grid.pass(500);
      const before = document.querySelectorAll('iframe').length;
      const startedAt = performance.now();
      const job = await grid.openJob(runtime, { js: 'export const run = (n) => n;' });
      await grid.runTasks(job, 0, 1);
      const ms = performance.now() - startedAt;
      await grid.until(() => document.querySelectorAll('iframe').length === 2);
      runtime.close();
      return { before, ms };
    });
    await page.close();
    expect(told.before).toBe(1);
    expect(told.ms).toBeLessThan(500);
  });

  test('[RU47] the next job of an owner with the same program gets the same sandbox, no other job does', async () => {
    const page = await stage.open();
    const told = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const js = 'let runs = 0; export const run = () => ++runs;';
      const other = `${js} // of another module`;
      const runs: unknown[] = [];
      for (const [source, owner] of [
        [{ js }, 'ann'],
        [{ js }, 'ann'],
        [{ js }, 'bob'],
        [{ js: other }, 'ann'],
        [{ js, args: 1 }, 'ann'],
        [{ js, seed: 8 }, 'ann'],
        [{ js }, undefined],
        [{ js }, undefined],
      ] as const) {
        const job = await grid.openJob(runtime, source, owner);
        runs.push((await grid.runTasks(job, 0, 1)).values[0]);
        job.close();
        job.close();
      }
      const parked = document.querySelectorAll('iframe').length;
      runtime.close();
      await grid.pass(400);
      return { runs, parked, left: document.querySelectorAll('iframe').length };
    });
    await page.close();
    expect(told.runs).toEqual([1, 2, 1, 1, 1, 1, 1, 1]);
    expect(told.parked).toBeLessThanOrEqual(3);
    expect(told.left).toBe(0);
  });

  test('[RU47] a sandbox whose job was closed in the middle is fit for the next', async () => {
    const page = await stage.open();
    const values = await page.evaluate(async () => {
      const runtime = grid.runtimeOf();
      const js = 'export const run = (n) => { if (n === 0) for (;;); return n; };';
      const first = await grid.openJob(runtime, { js }, 'ann');
      grid.startTasks(first, { from: 0, to: 1, chunk: undefined, chunkFrom: 0 });
      await grid.pass(50);
      first.close();
      const second = await grid.openJob(runtime, { js }, 'ann');
      const told = await grid.runTasks(second, 1, 3);
      runtime.close();
      return told.values;
    });
    await page.close();
    expect(values).toEqual({ 1: 1, 2: 2 });
  });
});
