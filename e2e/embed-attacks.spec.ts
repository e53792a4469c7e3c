import {
  allow,
  expect,
  plainPage,
  reasonIs,
  socketsOf,
  stateIs,
  test,
  volunteers,
  widgetOf,
} from './embed-fixtures.ts';

// Pages that want more than their visitors agreed to, and pages that are not who they say they are.

test('[EM10] a foreign frame: a site with a key, shown inside another, is not served', async ({
  page,
  grid,
  site,
  otherSite,
  sitekey,
}) => {
  const address = site.page('/', { body: plainPage(grid, sitekey) });
  const body = `<!doctype html><title>Foreign</title><iframe width="600" height="400" src="${address}"></iframe>`;
  await page.goto(otherSite.page('/', { body }));
  const inner = page.frameLocator(`iframe[src="${address}"]`);
  await expect(inner.locator('iframe')).toHaveCount(1);
  const blocked = () => page.frames().filter((frame) => frame.url().startsWith('chrome-error:'));
  await expect.poll(() => blocked().length).toBe(1);
  expect(page.frames().filter((frame) => frame.url().includes('embed.html'))).toEqual([]);
});

test('[EM10] a forged key, and a page of another origin, get a code and nothing runs', async ({
  page,
  grid,
  otherSite,
  sitekey,
  openWidget,
}) => {
  const forged = await openWidget({ body: plainPage(grid, 'pk_forged') });
  await stateIs(forged, 'error');
  await reasonIs(forged, 'token-refused');
  await expect(page.locator('.manytabs-widget')).toHaveAttribute('data-state', 'error');
  await page.goto(otherSite.page('/', { body: plainPage(grid, sitekey) }));
  const stolen = await widgetOf(page);
  await stateIs(stolen, 'error');
  await reasonIs(stolen, 'origin-refused');
});

test('[EM03] a page that attacks cannot click, forge or cover its way to a start', async ({
  page,
  openWidget,
}) => {
  const sockets = socketsOf(page);
  const frame = await openWidget();
  await page.evaluate(cover);
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

test('[EM07] a page that hides, shrinks or covers it while it computes makes it rest', async ({
  page,
  openWidget,
}) => {
  const frame = await openWidget();
  await allow(frame);
  await reasonIs(frame, 'no-work');
  const style = (css: string) =>
    page.evaluate((text) => {
      const inner = document.querySelector('iframe');
      if (inner) inner.style.cssText = text;
    }, css);
  const seen = 'width:340px;height:150px;border:0';
  for (const [css, reason] of [
    ['width:0;height:0', 'small'],
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
  await page.evaluate(cover);
  await reasonIs(frame, 'covered');
});

test('[EM11] a page that removes and adds it a hundred times has one widget that asks', async ({
  page,
  grid,
  sitekey,
  openWidget,
}) => {
  const sockets = socketsOf(page);
  await openWidget();
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

test('[EM16] a page that forges what its own widget says is not believed', async ({
  page,
  openWidget,
}) => {
  await openWidget();
  const widget = page.locator('.manytabs-widget');
  await expect(widget).toHaveAttribute('data-state', 'asking');
  // From the page itself, and from a frame of its own beside the grid's.
  await page.evaluate(async () => {
    const forged = { manytabs: 1, type: 'status', state: 'computing', reason: '', tasksDone: 9 };
    window.postMessage(forged, '*');
    const beside = document.createElement('iframe');
    beside.srcdoc = `<script>parent.postMessage(${JSON.stringify(forged)}, '*')</script>`;
    const heard = new Promise<void>((resolve) => {
      window.addEventListener('message', ({ source }) => {
        if (source === beside.contentWindow) resolve();
      });
    });
    document.body.append(beside);
    await heard;
  });
  await expect(widget).toHaveAttribute('data-state', 'asking');
  expect(await page.evaluate('states.includes("computing")')).toBe(false);
});

/** Almost invisible and letting clicks through: what a page lays over a button to trick a person. */
function cover(): void {
  const lid = document.createElement('div');
  lid.id = 'lid';
  lid.style.cssText =
    'position:absolute;inset:0;z-index:9;opacity:.01;pointer-events:none;background:red';
  document.body.append(lid);
}
