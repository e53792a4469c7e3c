import type { Page } from 'playwright-core';

const GATHER_MS = 14_000;

/** One picture of docs/images: which made-up grid, which page, how it is looked at, and what is done before. */
export interface Shot {
  readonly name: string;
  readonly scene?: string;
  readonly page: string;
  readonly dark?: boolean;
  readonly phone?: boolean;
  /** For what does not fit on one screen. */
  readonly tall?: boolean;
  /** Resolves when what the picture is for can be seen. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

export const SHOTS: readonly Shot[] = [
  { name: 'console-jobs', page: '#/' },
  { name: 'console-jobs-query', scene: 'many', page: '#/?q=state%3Arunning+sweep', dark: true },
  { name: 'console-jobs-empty', scene: 'empty', page: '#/', phone: true },
  { name: 'console-jobs-phone', page: '#/', phone: true, dark: true },
  { name: 'console-palette', page: '#/', prepare: openPalette },
  { name: 'console-job', page: '#/', prepare: openJob('Render the bunny') },
  {
    name: 'console-job-phone',
    page: '#/',
    phone: true,
    dark: true,
    prepare: openJob('Render the'),
  },
  { name: 'console-stages', page: '#/?q=align', tall: true, prepare: openJob('Align the reads') },
  { name: 'console-timeline', page: '#/', prepare: openTimeline('Collatz record') },
  {
    name: 'console-timeline-phone',
    page: '#/',
    phone: true,
    dark: true,
    prepare: openTimeline('Render the'),
  },
  { name: 'console-failed', page: '#/', dark: true, prepare: openJob('Parse the 2024 logs') },
  {
    name: 'console-failed-phone',
    page: '#/',
    phone: true,
    prepare: openJob('Parse the 2024 logs'),
  },
  { name: 'console-new-job', page: '#/new', dark: true, tall: true, prepare: tryThree },
  { name: 'console-new-job-parameters', page: '#/new', prepare: chooseParameters },
  { name: 'console-new-job-phone', page: '#/new', phone: true },
  { name: 'console-files', page: '#/files/photos' },
  { name: 'console-file', page: '#/files/data/cities.csv', dark: true },
  { name: 'console-files-phone', page: '#/files/', phone: true, dark: true },
  { name: 'console-nodes', page: '#/nodes', dark: true },
  { name: 'console-nodes-empty', scene: 'empty', page: '#/nodes', phone: true },
  { name: 'console-os', page: '#/os', tall: true, prepare: gather },
  { name: 'console-os-phone', page: '#/os', phone: true, dark: true },
  { name: 'console-tokens', page: '#/tokens', prepare: makeToken },
  { name: 'console-tokens-phone', page: '#/tokens', phone: true, dark: true },
  { name: 'console-sites', page: '#/sites' },
  { name: 'console-sites-key', page: '#/sites', dark: true, tall: true, prepare: makeSiteKey },
  { name: 'console-sites-phone', page: '#/sites', phone: true, dark: true },
  { name: 'console-audit', page: '#/audit', dark: true },
  { name: 'console-audit-phone', page: '#/audit', phone: true },
  { name: 'console-refused', scene: 'refused', page: '#/', phone: true },
  { name: 'console-reconnecting', scene: 'reconnecting', page: '#/', dark: true, prepare: gather },
];

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Go to anything' }).fill('over');
  await page.getByRole('dialog').getByRole('option', { selected: true }).waitFor();
}

function openJob(name: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.locator('a[data-listed]', { hasText: name }).first().click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
  };
}

async function tryThree(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try three tasks first' }).click();
  await page.getByText('with their votes').waitFor();
  await page.locator('.editor-host').waitFor();
}

async function chooseParameters(page: Page): Promise<void> {
  await page.getByLabel('TypeScript').check();
  await page.getByLabel('Parameters').check();
  await page.getByText('18 tasks').waitFor();
  await page.locator('.editor-host').waitFor();
}

/** What is drawn over time needs time. */
async function gather(page: Page): Promise<void> {
  await page.waitForTimeout(GATHER_MS);
}

async function makeSiteKey(page: Page): Promise<void> {
  await page.getByLabel('Domains', { exact: true }).last().fill('https://museum.example');
  await page.getByLabel('Name').fill('Museum');
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.getByText('Put these two lines').waitFor();
}

async function makeToken(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('of the lab');
  await page.getByRole('button', { name: 'Make the token' }).click();
  await page.getByText('It is shown this once').waitFor();
}

function openTimeline(name: string): (page: Page) => Promise<void> {
  return async (page) => {
    await openJob(name)(page);
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.getByRole('button', { name: 'Zoom in' }).waitFor();
    await page.getByRole('button', { name: 'Zoom in' }).evaluate((button) => {
      button.closest('[role=tabpanel]')?.previousElementSibling?.scrollIntoView();
    });
  };
}
