import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { build } from 'esbuild';
import {
  allow,
  expect,
  plainPage,
  reasonIs,
  siteKey,
  socketsOf,
  stateIs,
  test,
  volunteers,
  widgetOf,
} from './embed-fixtures.ts';
import { HostSite } from './host-site.ts';
import { MainThread } from './main-thread.ts';
import { refuseStorage } from './refuse-storage.ts';
import { SLOW_JS } from './tasks.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

test('[EM01] a plain page: nothing before Allow, then it computes and tells its state', async ({
  page,
  openWidget,
  expectToCompute,
}) => {
  const sockets = socketsOf(page);
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  const frame = await openWidget();
  await stateIs(frame, 'asking');
  await page.waitForLoadState('networkidle');
  const before = fetched.splice(0);
  expect(sockets).toEqual([]);
  expect(before.filter((path) => /sandbox|volunteer|api/.test(path))).toEqual([]);
  await expectToCompute(frame);
  expect(fetched).toEqual(
    expect.arrayContaining([expect.stringMatching(/volunteer/), '/sandbox.html']),
  );
  expect(await page.evaluate('states.join()')).toContain('asking,starting');
});

test('[EM05] Stop withdraws consent, here and in every frame of the browser', async ({
  context,
  page,
  grid,
}) => {
  await context.addInitScript('delete globalThis.PressureObserver');
  const site = await HostSite.open('127.0.0.1');
  const sitekey = await siteKey(grid, site.origin);
  const address = site.page('/', { body: plainPage(grid, sitekey) });
  await page.goto(address);
  const first = await widgetOf(page);
  expect(await first.evaluate(() => localStorage.length)).toBe(0);
  expect(await first.evaluate(() => indexedDB.databases())).toEqual([]);
  await allow(first);
  await stateIs(first, 'waiting');
  // Consent is remembered for the site: the next page of it goes on without a question.
  await page.reload();
  const again = await widgetOf(page);
  await reasonIs(again, 'no-work');
  const other = await context.newPage();
  await other.goto(address);
  const beside = await widgetOf(other);
  await reasonIs(beside, 'no-work');
  await beside.click('#stop-all');
  await stateIs(beside, 'stopped');
  await stateIs(again, 'asking');
  await expect.poll(() => volunteers(grid)).toBe(0);
  await site.close();
});

test('[EM02] a strict policy: two entries are all it takes, and the pinned file has its hash', async ({
  page,
  grid,
  sitekey,
  openWidget,
  expectToCompute,
}) => {
  const origin = new URL(grid.ready.url).origin;
  const published = (await (await fetch(`${origin}/sdk/integrity.json`)).json()) as {
    file: string;
    integrity: string;
  };
  const policy = `default-src 'none'; script-src ${origin}; frame-src ${origin}; base-uri 'none'`;
  const body = `<!doctype html><title>Strict</title><div class="manytabs-widget" data-sitekey="${sitekey}"></div>
    <script src="${origin}${published.file}" integrity="${published.integrity}" crossorigin="anonymous"></script>`;
  const violations: string[] = [];
  page.on('console', (message) => {
    if (/Refused|violates/.test(message.text()) && !message.text().includes('sandbox-canary'))
      violations.push(message.text());
  });
  await expectToCompute(await openWidget({ body, headers: { 'Content-Security-Policy': policy } }));
  expect(violations).toEqual([]);
});

test('[EM02] the pinned file stays as it is for ever, the other is asked for anew', async ({
  grid,
}) => {
  const get = (path: string) => fetch(new URL(path, grid.ready.url));
  const published = (await (await get('sdk/integrity.json')).json()) as Record<string, string>;
  const [pinned, evergreen] = await Promise.all([get(published.file ?? ''), get('sdk/v1.js')]);
  expect(pinned.headers.get('cache-control')).toContain('immutable');
  expect(evergreen.headers.get('cache-control')).toBe('no-cache');
  expect(await pinned.text()).toBe(await evergreen.text());
});

test('[EM02] Trusted Types: the loader makes no scripts and no markup', async ({
  page,
  openWidget,
  expectToCompute,
}) => {
  const policy = "require-trusted-types-for 'script'; trusted-types 'none'";
  const frame = await openWidget({ headers: { 'Content-Security-Policy': policy } });
  const isEnforced = await page.evaluate(() => {
    try {
      document.createElement('script').text = 'void 0';
      return false;
    } catch {
      return true;
    }
  });
  expect(isEnforced).toBe(true);
  await expectToCompute(frame);
});

test('[EM02] a page that isolates itself with COEP require-corp', async ({
  page,
  openWidget,
  expectToCompute,
}) => {
  const headers = {
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Opener-Policy': 'same-origin',
  };
  const frame = await openWidget({ headers });
  expect(await page.evaluate('crossOriginIsolated')).toBe(true);
  await expectToCompute(frame);
});

test('[EM09] React in StrictMode: the npm loader, rendered twice, is one widget', async ({
  page,
  grid,
  site,
  sitekey,
  openWidget,
  expectToCompute,
}) => {
  site.page('/app.js', { body: await reactApp(grid.ready.url, sitekey), type: 'text/javascript' });
  const body =
    '<!doctype html><title>App</title><div id="app"></div><script src="/app.js"></script>';
  const frame = await openWidget({ body });
  await stateIs(frame, 'asking');
  await expect(page.locator('iframe')).toHaveCount(1);
  await expectToCompute(frame);
});

test('[EM27] rendered by the page itself: once an element, heard by events, and never started by it', async ({
  page,
  grid,
  site,
  sitekey,
}) => {
  const script = new URL('sdk/v1.js?render=explicit', grid.ready.url).href;
  const body = `<!doctype html><title>App</title><div class="manytabs-widget" id="place"></div><div id="other"></div><script src="${script}"></script>`;
  await page.goto(site.page('/', { body }));
  await expect(page.locator('iframe')).toHaveCount(0);
  const made = await page.evaluate((key) => {
    const { Manytabs } = window;
    if (!Manytabs) return [];
    const one = Manytabs.render('#place', { sitekey: key, size: 'compact' });
    const other = Manytabs.render('#other', { sitekey: 'mk_forged' });
    const errors: string[] = [];
    other.on('error', ({ code, retryable }) => errors.push(`${code} ${retryable}`));
    Object.assign(window, { one, errors });
    return [Manytabs.render('#place', { sitekey: key }) === one, 'start' in one];
  }, sitekey);
  expect(made).toEqual([true, false]);
  await expect(page.locator('iframe')).toHaveCount(2);
  await stateIs(await widgetOf(page), 'asking');
  await expect.poll(() => page.evaluate('errors.join()')).toBe('token-refused false');
  await page.evaluate('one.remove()');
  await expect(page.locator('#place iframe')).toHaveCount(0);
});

test('[EM06] with storage refused it computes from memory', async ({
  page,
  openWidget,
  expectToCompute,
}) => {
  await refuseStorage(page);
  await expectToCompute(await openWidget());
});

test('[EM12] it speaks the language and wears the look it is given', async ({
  page,
  grid,
  site,
  sitekey,
}) => {
  const widget = `<manytabs-widget sitekey="${sitekey}" lang="ar" theme="dark" size="compact"></manytabs-widget>`;
  await page.goto(site.page('/', { body: plainPage(grid, sitekey, widget) }));
  await expect(page.locator('iframe')).toHaveCount(2);
  const frame = await widgetOf(page, 1);
  await expect(frame.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(frame.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(frame.locator('#allow')).toHaveText('اسمح');
});

/** A page's own bundle, in which React renders everything twice. */
async function reactApp(url: string, sitekey: string): Promise<string> {
  const contents = `
    import { StrictMode, useEffect, useRef } from 'react';
    import { createRoot } from 'react-dom/client';
    import { loadManytabs } from '@manytabs/embed';
    function Widget() {
      const place = useRef(null);
      useEffect(() => {
        let widget; let gone = false;
        loadManytabs(${JSON.stringify(url)}).then((manytabs) => {
          if (!gone) widget = manytabs.render(place.current, { sitekey: ${JSON.stringify(sitekey)} });
        });
        return () => { gone = true; widget?.remove(); };
      }, []);
      return <div ref={place} />;
    }
    createRoot(document.getElementById('app')).render(<StrictMode><Widget /></StrictMode>);`;
  const { outputFiles } = await build({
    stdin: { contents, loader: 'tsx', resolveDir: `${ROOT}/e2e` },
    bundle: true,
    write: false,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  return outputFiles[0]?.text ?? '';
}

for (const scheme of ['light', 'dark'] as const) {
  test(`[EM26] axe finds nothing serious in the widget, and it is used by keyboard alone, ${scheme}`, async ({
    page,
    openWidget,
  }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const frame = await openWidget();
    await expectAccessible(page);
    await expect(async () => {
      await frame.locator('#allow').focus();
      await page.keyboard.press('Enter');
      await expect(frame.locator('#stop')).toBeVisible({ timeout: 500 });
    }).toPass();
    await reasonIs(frame, 'no-work');
    await expectAccessible(page);
    // Pause, Stop, Stop on all sites, What is this?
    await frame.locator('#pause').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await stateIs(frame, 'stopped');
    await expectAccessible(page);
  });
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations, passes } = await new AxeBuilder({ page })
    .include({ fromFrames: ['iframe', 'html'] })
    .analyze();
  expect(passes.length).toBeGreaterThan(5);
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(bad.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
}

test('[EM24] the page’s own main thread loses at most one percent while the widget computes', async ({
  page,
  grid,
  openWidget,
}) => {
  const frame = await openWidget();
  await allow(frame);
  await reasonIs(frame, 'no-work');
  const thread = await MainThread.of(page);
  const file = grid.file('slow.js', SLOW_JS);
  const share = await thread.shareDuring(() =>
    grid.run(...['run', file, '--inputs', 'range:0..100', '--trust', 'none', '--json']),
  );
  test.info().annotations.push({ type: 'share', description: `${(share * 100).toFixed(3)} %` });
  await expect(frame.locator('html')).toHaveAttribute('data-tasks-done', '100');
  expect(share).toBeLessThanOrEqual(0.01);
  // The measure is none if a page that is busy does not show.
  const busy = await thread.shareDuring(() => page.evaluate(spin));
  expect(busy).toBeGreaterThan(0.05);
});

function spin(): void {
  const end = performance.now() + 500;
  while (performance.now() < end);
}

test('[EM14] the loader and the frame before consent are light', () => {
  const pages = `${ROOT}/dist/pages`;
  const weightOf = (paths: string[]) =>
    paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(pages, path))).length, 0);
  expect(weightOf(['sdk/v1.js'])).toBeLessThanOrEqual(5_000);
  const seen = new Set(['embed.html']);
  for (const path of seen) {
    const text = readFileSync(join(pages, path), 'utf8');
    const named = text.matchAll(
      /(?:src|href)="\.\/(assets[^"]+)"|(?:from|import)\s*"\.\/([^"]+)"/g,
    );
    for (const [, linked, imported] of named) seen.add(linked ?? `assets/${imported}`);
  }
  expect(seen.size).toBeGreaterThan(2);
  expect(weightOf([...seen])).toBeLessThanOrEqual(15_000);
});
