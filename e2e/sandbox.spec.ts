import { readFileSync } from 'node:fs';
import { volunteerAddress } from '../apps/cli/src/headless-tabs.ts';
import { withMemory } from '../packages/runtime/test/modules.ts';
import { BrokenProxy } from './broken-proxy.ts';
import { expect, test } from './fixtures.ts';

test('[RU34] [UI190] where the sandbox is served without its policy nothing is computed, and tab and command say why', async ({
  grid,
  page,
}) => {
  const proxy = await BrokenProxy.open(grid.ready.url);
  await page.goto(volunteerAddress(proxy.url, { workers: 1 }));
  await page.click('#start');
  const root = page.locator('html');
  await expect(root).toHaveAttribute('data-state', 'failed');
  await expect(root).toHaveAttribute('data-problem', 'sandbox-refused');
  await expect(page.locator('#state-detail')).toContainText('import of data, eval, Function');
  const { code, stderr, rows } = await grid.run('volunteer', proxy.url, '--workers', '1', '--json');
  expect(code).toBe(1);
  expect(rows.map(({ state }) => state)).toContain('failed');
  expect(stderr).toMatch(/sandbox-refused: The sandbox of this browser lets through: .*eval/);
  const status = await (await fetch(new URL('/api/status', grid.ready.url))).json();
  expect(status).toMatchObject({ volunteers: 0 });
  // The same with its policy.
  proxy.isBroken = false;
  await page.reload();
  await page.click('#start');
  await expect(root).toHaveAttribute('data-state', /waiting|fetching|computing/);
  await page.close();
  await proxy.close();
});

const MARKUP = '<img src=x onerror=document.title="hit">';
const SPEAKS_HTML = `export default (n, ctx) => {
  ctx.log(${JSON.stringify(MARKUP)});
  ctx.progress(0.5, ${JSON.stringify(MARKUP)});
  if (n === 1) throw new Error(${JSON.stringify(MARKUP)});
  return { ${JSON.stringify(MARKUP)}: ${JSON.stringify(MARKUP)} };
};`;

test('[UI191] what a job returns, logs and throws is text in the console', async ({
  grid,
  openTab,
  page,
}) => {
  await openTab();
  const file = grid.file('html.js', SPEAKS_HTML);
  const args = ['--inputs', 'range:0..2', '--retries', '0', '--name', MARKUP, '--json'];
  const { rows } = await grid.run('run', file, ...args);
  const id = String(rows.at(-1)?.job);
  await page.goto(grid.ready.console);
  await page.getByText(MARKUP).first().click();
  await expect(page).toHaveURL(new RegExp(id.slice(0, 8)));
  await expect(page.getByText(MARKUP).nth(2)).toBeAttached();
  expect(await page.locator('img[src="x"]').count()).toBe(0);
  expect(await page.title()).not.toBe('hit');
  // Written as markup it would be an element.
  await page.evaluate((markup) => {
    document.body.insertAdjacentHTML('beforeend', markup);
  }, MARKUP);
  expect(await page.locator('img[src="x"]').count()).toBe(1);
});

test('[RU25] [RU95] a job gets the memory that it asks for, if a tab gives it, and no more', async ({
  grid,
  openTab,
}) => {
  await openTab({ memory: 100 });
  const file = grid.file('square.js', 'export default (n) => n * n;');
  const tooMuch = await grid.run('run', file, '--memory', '200', '--json');
  expect(tooMuch.code).toBe(2);
  expect(JSON.stringify(tooMuch.rows)).toMatch(/infeasible.*requires 200 MB.*gives is 100/);
  const never = await grid.run('run', file, '--memory', '5000');
  expect(never).toMatchObject({ code: 2, stderr: expect.stringContaining('at most 1024') });
  const enough = await grid.run('run', file, '--memory', '64', '--inputs', 'range:3..4', '--json');
  expect(enough.rows[0]).toMatchObject({ value: 9 });
  // One page at least, 80 at most: 5 MiB.
  const large = grid.file('large.wasm', Uint8Array.from(withMemory(1, 1, 80)));
  const refused = await grid.run('run', large, '--export', 'run', '--memory', '4', '--json');
  expect(refused.code).toBe(2);
  expect(refused.stdout).toMatch(/wasm-invalid.*may grow to 5 MiB, and the job asks for 4/);
});

test.describe('[RU36] the sandbox on an origin of its own', () => {
  test.use({ upArgs: ['--sandbox-origin', 'http://*.localhost:0'] });

  test('each frame has a name of its own, and a browser that starts no worker without an origin keeps it', async ({
    grid,
    openTab,
    page,
  }) => {
    const { page: tab } = await openTab();
    const hosts = () =>
      [...new Set(tab.frames().map((frame) => new URL(frame.url()).hostname))].filter((name) =>
        name.endsWith('.localhost'),
      );
    await expect.poll(() => hosts().length).toBeGreaterThan(0);
    const file = grid.file('square.js', 'export default (n) => n * n;');
    const args = ['--inputs', 'range:0..20', '--quorum', '2', '--json'];
    const job = grid.spawn('run', file, ...args);
    // Another tab, whose sandbox may start no worker as long as it has no origin.
    await page.route(
      (url) => url.pathname === '/sandbox.html' && url.search === '',
      async (route) => {
        const whole = readFileSync('dist/pages/sandbox.html', 'utf8');
        const body = whole.replace('worker-src blob:', "worker-src 'none'");
        await route.fulfill({ contentType: 'text/html', body });
      },
    );
    const { url } = grid.ready;
    await page.goto(volunteerAddress(url, { workers: 1 }));
    await page.click('#start');
    await expect(page.locator('html')).toHaveAttribute('data-state', /waiting|fetching|computing/);
    const kept = page.frames().map((frame) => frame.url());
    expect(kept.filter((one) => one.endsWith('/sandbox.html?own'))).not.toEqual([]);
    const { rows, code } = await job.ended;
    expect(code).toBe(0);
    expect(rows.filter((row) => 'index' in row)).toHaveLength(20);
    await expect(page.locator('html')).toHaveAttribute('data-tasks-done', '20');
    const policy = (await page.request.get(url)).headers()['content-security-policy'];
    expect(policy).toMatch(
      /frame-src [\w.]+:\d+\/sandbox\.html http:\/\/\*\.localhost:\d+\/sandbox\.html;/,
    );
  });
});
