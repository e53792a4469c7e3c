import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
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
import { SQUARE_JS, squares } from './tasks.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

test('[EM01] a plain page: nothing before Allow, then it computes and tells its state', async ({
  page,
  grid,
  site,
  sitekey,
}) => {
  const sockets = socketsOf(page);
  await page.goto(site.page('/', { body: plainPage(grid, sitekey) }));
  const frame = await widgetOf(page);
  await stateIs(frame, 'asking');
  expect(sockets).toEqual([]);
  await allow(frame);
  await reasonIs(frame, 'no-work');
  const file = grid.file('square.js', SQUARE_JS);
  const { rows, code } = await grid.run(
    ...['run', file, '--inputs', 'range:0..50', '--trust', 'none', '--json'],
  );
  expect(code).toBe(0);
  const values = rows
    .filter((row) => 'index' in row)
    .sort((a, b) => Number(a.index) - Number(b.index));
  expect(values.map(({ value }) => value)).toEqual(squares(50));
  await expect(frame.locator('html')).toHaveAttribute('data-tasks-done', '50');
  await expect.poll(() => page.evaluate('states.join()')).toContain('asking,starting');
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
  site,
  sitekey,
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
  await page.goto(site.page('/', { body, headers: { 'Content-Security-Policy': policy } }));
  const frame = await widgetOf(page);
  await allow(frame);
  await reasonIs(frame, 'no-work');
  expect(violations).toEqual([]);
});

test('[EM02] Trusted Types: the loader makes no scripts and no markup', async ({
  page,
  grid,
  site,
  sitekey,
}) => {
  const policy = "require-trusted-types-for 'script'; trusted-types 'none'";
  const body = plainPage(grid, sitekey);
  await page.goto(site.page('/', { body, headers: { 'Content-Security-Policy': policy } }));
  const frame = await widgetOf(page);
  await allow(frame);
  await reasonIs(frame, 'no-work');
});

test('[EM02] a page that isolates itself with COEP require-corp', async ({
  page,
  grid,
  site,
  sitekey,
}) => {
  const headers = {
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Opener-Policy': 'same-origin',
  };
  await page.goto(site.page('/', { body: plainPage(grid, sitekey), headers }));
  expect(await page.evaluate('crossOriginIsolated')).toBe(true);
  const frame = await widgetOf(page);
  await allow(frame);
  await reasonIs(frame, 'no-work');
});

test('[EM09] React in StrictMode: the npm loader, rendered twice, is one widget', async ({
  page,
  grid,
  site,
  sitekey,
}) => {
  const { outputFiles } = await build({
    stdin: {
      contents: reactApp(grid.ready.url, sitekey),
      loader: 'tsx',
      resolveDir: `${ROOT}/e2e`,
    },
    bundle: true,
    write: false,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  site.page('/app.js', { body: outputFiles[0]?.text ?? '', type: 'text/javascript' });
  const body =
    '<!doctype html><title>App</title><div id="app"></div><script src="/app.js"></script>';
  await page.goto(site.page('/', { body }));
  const frame = await widgetOf(page);
  await stateIs(frame, 'asking');
  await expect(page.locator('iframe')).toHaveCount(1);
  await allow(frame);
  await reasonIs(frame, 'no-work');
});

test('[EM10] a foreign frame: a site with a key, shown inside another, is not served', async ({
  page,
  grid,
  site,
  sitekey,
}) => {
  const address = site.page('/', { body: plainPage(grid, sitekey) });
  const foreign = await HostSite.open();
  const body = `<!doctype html><title>Foreign</title><iframe width="600" height="400" src="${address}"></iframe>`;
  await page.goto(foreign.page('/', { body }));
  const inner = page.frameLocator(`iframe[src="${address}"]`);
  await expect(inner.locator('iframe')).toHaveCount(1);
  const blocked = () => page.frames().filter((frame) => frame.url().startsWith('chrome-error:'));
  await expect.poll(() => blocked().length).toBe(1);
  expect(page.frames().filter((frame) => frame.url().includes('embed.html'))).toEqual([]);
  await foreign.close();
});

test('[EM10] a forged key, and a page of another origin, get a code and nothing runs', async ({
  page,
  grid,
  site,
  sitekey,
}) => {
  await page.goto(site.page('/', { body: plainPage(grid, 'pk_forged') }));
  const forged = await widgetOf(page);
  await stateIs(forged, 'error');
  await reasonIs(forged, 'token-refused');
  await expect(page.locator('.manytabs-widget')).toHaveAttribute('data-state', 'error');
  const thief = await HostSite.open();
  await page.goto(thief.page('/', { body: plainPage(grid, sitekey) }));
  const stolen = await widgetOf(page);
  await stateIs(stolen, 'error');
  await reasonIs(stolen, 'origin-refused');
  await thief.close();
});

test.describe('a page that attacks the widget', () => {
  test('[EM03] cannot click, forge or cover its way to a start', async ({
    page,
    grid,
    site,
    sitekey,
  }) => {
    const sockets = socketsOf(page);
    const overlay =
      '<div id="lid" style="position:absolute;inset:0;z-index:9;opacity:.01;pointer-events:none;background:red"></div>';
    await page.goto(site.page('/', { body: plainPage(grid, sitekey, overlay) }));
    const frame = await widgetOf(page);
    // Scripted clicks cannot reach into the frame; those of a script in it are not a person's.
    await page.evaluate(() => {
      const inner = document.querySelector('iframe');
      inner?.click();
      inner?.dispatchEvent(new MouseEvent('click', { bubbles: true, clientX: 40, clientY: 120 }));
      const forged = [
        { manytabs: 1, type: 'allow' },
        { manytabs: 1, type: 'hello', allow: true },
        { manytabs: 1, type: 'start' },
        'allow',
      ];
      for (const message of forged) inner?.contentWindow?.postMessage(message, '*');
    });
    await frame.evaluate(() => document.querySelector<HTMLElement>('#allow')?.click());
    // A real click on a button under something else: the page tricks a person.
    await frame.click('#allow', { force: true });
    await expect(frame.locator('#hint')).not.toBeEmpty();
    await stateIs(frame, 'asking');
    expect(sockets).toEqual([]);
    await page.evaluate(() => document.querySelector('#lid')?.remove());
    await allow(frame);
    await reasonIs(frame, 'no-work');
  });

  test('[EM07] that hides, shrinks or covers it while it computes makes it rest', async ({
    page,
    grid,
    site,
    sitekey,
  }) => {
    await page.goto(site.page('/', { body: plainPage(grid, sitekey) }));
    const frame = await widgetOf(page);
    await allow(frame);
    await reasonIs(frame, 'no-work');
    const style = (css: string) =>
      page.evaluate((text) => {
        const inner = document.querySelector('iframe');
        if (inner) inner.style.cssText = text;
      }, css);
    const seen = 'width:340px;height:150px;border:0';
    for (const [css, reason] of [
      ['width:2px;height:2px', 'small'],
      [`${seen};opacity:0`, 'covered'],
      [`${seen};position:absolute;left:-900px`, 'covered'],
      [`${seen};transform:scale(.2)`, 'covered'],
    ] as const) {
      await style(css);
      await reasonIs(frame, reason);
      await style(seen);
      await reasonIs(frame, 'no-work');
    }
  });

  test('[EM11] that removes and adds it a hundred times has one widget that asks', async ({
    page,
    grid,
    site,
    sitekey,
  }) => {
    const sockets = socketsOf(page);
    await page.goto(site.page('/', { body: plainPage(grid, sitekey) }));
    await widgetOf(page);
    await page.evaluate((key) => {
      for (let i = 0; i < 100; i++) {
        document.querySelector('.manytabs-widget, manytabs-widget')?.remove();
        const widget = document.createElement('manytabs-widget');
        widget.setAttribute('sitekey', key);
        document.body.append(widget);
      }
    }, sitekey);
    await expect(page.locator('iframe')).toHaveCount(1);
    const frame = await widgetOf(page);
    await stateIs(frame, 'asking');
    expect(sockets).toEqual([]);
    await allow(frame);
    await reasonIs(frame, 'no-work');
    await page.evaluate(() => document.querySelector('manytabs-widget')?.remove());
    await expect.poll(() => volunteers(grid)).toBe(0);
  });
});

test('[EM06] with storage refused it computes from memory', async ({
  page,
  grid,
  site,
  sitekey,
}) => {
  await page.addInitScript(() => {
    const refuse = () => {
      throw new DOMException('refused', 'SecurityError');
    };
    Object.defineProperty(globalThis, 'localStorage', { get: refuse });
    Object.defineProperty(globalThis, 'indexedDB', { get: refuse });
  });
  await page.goto(site.page('/', { body: plainPage(grid, sitekey) }));
  const frame = await widgetOf(page);
  await allow(frame);
  await reasonIs(frame, 'no-work');
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

function reactApp(url: string, sitekey: string): string {
  return `
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
