import type { Page } from '@playwright/test';
import { expect, test, valuesOf } from './fixtures.ts';
import type { GridProcess } from './grid-process.ts';
import { refuseStorage } from './refuse-storage.ts';
import { SQUARE_JS, squares } from './tasks.ts';

// What befalls the volunteer's page: clocks, stores, networks, other windows.

const HOUR_MS = 3_600_000;

const isIn = (page: Page, phase: RegExp) =>
  expect(page.locator('html')).toHaveAttribute('data-phase', phase);

async function open(page: Page, grid: GridProcess): Promise<void> {
  await page.goto(`${grid.ready.volunteer}#workers=1`);
  await page.click('#start');
}

async function computes(grid: GridProcess): Promise<void> {
  const file = grid.file('square.js', SQUARE_JS);
  const args = ['--inputs', 'range:0..60', '--trust', 'none', '--json'];
  const { rows } = await grid.run('run', file, ...args);
  expect(valuesOf(rows, 60)).toEqual(squares(60));
}

/** The device's clock is so far off; `setClock(ms)` sets it anew in the middle of everything. */
function shiftClock(page: Page, ms: number): Promise<unknown> {
  return page.addInitScript((off) => {
    const Real = Date;
    let shift = off;
    const setClock = (to: number) => {
      shift = to;
    };
    Object.assign(globalThis, { setClock });
    globalThis.Date = class extends Real {
      constructor(...given: unknown[]) {
        super(...((given.length > 0 ? given : [Real.now() + shift]) as [number]));
      }
      static override now(): number {
        return Real.now() + shift;
      }
    } as DateConstructor;
  }, ms);
}

const setClock = (page: Page, ms: number) =>
  page.evaluate((to) => (globalThis as unknown as { setClock(ms: number): void }).setClock(to), ms);

for (const hours of [-1, 1]) {
  test(`[UI252] a clock that is ${hours} h off changes nothing`, async ({ page, grid }) => {
    await shiftClock(page, hours * HOUR_MS);
    await open(page, grid);
    await isIn(page, /waiting/);
    await computes(grid);
  });
}

for (const hours of [-1, 5]) {
  test(`[UI252] a clock that jumps by ${hours} h, as after a sleep, loses nothing`, async ({
    page,
    grid,
  }) => {
    await shiftClock(page, 0);
    await open(page, grid);
    await isIn(page, /waiting/);
    await computes(grid);
    await setClock(page, hours * HOUR_MS);
    await computes(grid);
    await isIn(page, /waiting/);
  });
}

test('[UI253] with WebRTC and WebSocket both blocked the page says so, and what helps', async ({
  page,
  grid,
}) => {
  await page.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'RTCPeerConnection');
  });
  await page.routeWebSocket(/.*/, (socket) => socket.close());
  await open(page, grid);
  await expect(page.locator('#state-title')).toHaveText(/no live connection/);
  const detail = page.locator('#state-detail');
  await expect(detail).toContainText('WebRTC and WebSocket are both blocked');
  await expect(detail).toContainText(new URL(grid.ready.volunteer).host);
  await expect(page.locator('html')).toHaveAttribute('data-tasks-done', '0');
  await page.click('#stop');
  await isIn(page, /idle/);
});

test('[UI254] with storage denied it computes from memory, and says that nothing is kept', async ({
  page,
  grid,
}) => {
  await refuseStorage(page);
  await open(page, grid);
  await isIn(page, /waiting/);
  await expect(page.locator('#storage-denied')).toBeVisible();
  await computes(grid);
});

test('[UI255] a page that cannot be seen computes on', async ({ page, grid, context }) => {
  await page.addInitScript(() => {
    Object.defineProperty(Document.prototype, 'hidden', { get: () => true });
    Object.defineProperty(Document.prototype, 'visibilityState', { get: () => 'hidden' });
    // A hidden page draws no frames, and its timers fire once a second at best.
    globalThis.requestAnimationFrame = () => 0;
    const later = globalThis.setTimeout;
    globalThis.setTimeout = ((act: () => void, ms = 0, ...more: unknown[]) =>
      later(act, Math.max(ms, 1_000), ...more)) as typeof setTimeout;
  });
  await open(page, grid);
  await isIn(page, /waiting/);
  const front = await context.newPage();
  await front.bringToFront();
  await computes(grid);
  await expect(page).toHaveTitle(/60 tasks/);
});

test('[UI255] offline and back, it goes on with the same volunteer', async ({
  page,
  grid,
  context,
}) => {
  await page.goto(`${grid.ready.volunteer}#workers=1&road=websocket`);
  await page.click('#start');
  await isIn(page, /waiting/);
  const volunteer = await page.locator('html').getAttribute('data-volunteer');
  await grid.crash();
  await context.setOffline(true);
  await expect(page.locator('html')).toHaveAttribute('data-reason', 'offline');
  await expect(page.locator('#state-detail')).toContainText('offline');
  await grid.restart();
  await context.setOffline(false);
  await expect(page.locator('html')).toHaveAttribute('data-reason', 'no-work');
  await computes(grid);
  await expect(page.locator('html')).toHaveAttribute('data-volunteer', volunteer ?? '');
});

test('[UI257] the page can be installed', async ({ page, grid }) => {
  await page.goto(grid.ready.volunteer);
  const session = await page.context().newCDPSession(page);
  const { errors, data } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(JSON.parse(data ?? '{}')).toMatchObject({ name: 'Manytabs', display: 'standalone' });
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // Test profiles are private windows, in which nothing can be installed.
  const left = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
  expect(left).toEqual([]);
});

for (const lang of ['en', 'de', 'es', 'zh', 'ar', 'en-XA'] as const) {
  test(`[UI256] on a small screen nothing sticks out and no button is cut, ${lang}`, async ({
    page,
    grid,
  }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${grid.ready.volunteer}#lang=${lang}`);
    await page.click('#start');
    await isIn(page, /waiting/);
    for (const summary of await page.locator('summary:visible').all()) await summary.click();
    expect(await page.evaluate(cutOff)).toEqual([]);
  });
}

/** Runs in the page: what is wider than the screen, or than the box it is in. */
function cutOff(): string[] {
  const wide = document.documentElement.clientWidth;
  const found: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>('main *, header *, footer *')) {
    if (element.closest('.scroll, .unseen, [hidden], canvas, option')) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0) continue;
    const isOut = box.left < -1 || box.right > wide + 1;
    const isCut = element.matches('button') && element.scrollWidth > element.clientWidth + 1;
    if (isOut || isCut)
      found.push(`${element.tagName} ${element.id} ${element.textContent?.slice(0, 40)}`);
  }
  return found;
}
