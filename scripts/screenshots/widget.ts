import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { serveApp } from './serve-app.ts';

/** Every state of the widget, with the reasons that have words of their own. */
const STATES = [
  ...['asking', 'declined', 'starting', 'computing', 'paused', 'stopped'],
  ...['waiting&reason=no-work', 'waiting&reason=offline', 'waiting&reason=battery'],
  ...['waiting&reason=saved-data', 'waiting&reason=pressure', 'waiting&reason=hidden'],
  ...['waiting&reason=covered', 'waiting&reason=small', 'error&reason=origin-refused'],
] as const;

interface Sheet {
  readonly name: string;
  readonly query: string;
  readonly frame: readonly [width: number, height: number];
  /** Of the window, in which the frames flow; what is below it would not be painted. */
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

export const SHEETS: readonly Sheet[] = [
  { name: 'widget', query: 'lang=en', frame: [340, 150], width: 1080, height: 822 },
  {
    name: 'widget-dark',
    query: 'lang=de',
    frame: [340, 150],
    width: 1080,
    height: 822,
    dark: true,
  },
  {
    name: 'widget-phone',
    query: 'lang=en&size=compact',
    frame: [280, 136],
    width: 390,
    height: 2244,
  },
  {
    name: 'widget-arabic',
    query: 'lang=ar',
    frame: [340, 150],
    width: 1080,
    height: 822,
    dark: true,
  },
];

/** The widget in all its states, a picture for each look. */
export async function takeWidget(
  root: string,
  browser: Browser,
  isWanted: (name: string) => boolean,
): Promise<void> {
  await serveApp(root, { name: 'donate', mode: 'fixture' }, async (address) => {
    for (const sheet of SHEETS.filter(({ name }) => isWanted(name))) {
      await takeSheet(browser, address, sheet, join(root, 'docs/images', `${sheet.name}.png`));
      process.stderr.write(`${sheet.name}\n`);
    }
  });
}

async function takeSheet(browser: Browser, address: string, sheet: Sheet, path: string) {
  const colorScheme = sheet.dark ? 'dark' : 'light';
  const context = await browser.newContext({
    viewport: { width: sheet.width, height: sheet.height },
    colorScheme,
  });
  try {
    const page = await context.newPage();
    await page.setContent(markupOf(address, sheet), { waitUntil: 'networkidle' });
    for (const frame of page.frames().slice(1)) {
      await frame.waitForSelector('html:not([data-state=loading])', { state: 'attached' });
    }
    await page.screenshot({ path, animations: 'disabled' });
  } finally {
    await context.close();
  }
}

function markupOf(address: string, { query, frame: [width, height], dark }: Sheet): string {
  const frames = STATES.map((state) => {
    const source = `${address}embed.html?${query}&state=${state}`;
    return `<iframe src="${source}" width="${width}" height="${height}" frameborder="0"></iframe>`;
  });
  const style = `display:flex;flex-wrap:wrap;gap:12px;margin:12px;background:${dark ? '#16181b' : '#fff'}`;
  return `<!doctype html><meta name="color-scheme" content="light dark"><body style="${style}">${frames.join('')}`;
}
