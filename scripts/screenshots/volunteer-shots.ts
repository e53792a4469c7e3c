import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { serveApp } from './serve-app.ts';

/** One picture of the volunteer's page, in each width and both colour schemes. */
export interface VolunteerShot {
  readonly name: string;
  readonly page: string;
  readonly width: number;
  readonly scheme: 'light' | 'dark';
  /** All of the page, and not what fits on one screen. */
  readonly isWhole: boolean;
  readonly prepare: (page: Page) => Promise<unknown>;
}

interface Scene {
  readonly name: string;
  readonly page: string;
  readonly isWhole?: boolean;
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const WIDTHS = [360, 768, 1280] as const;
const SCHEMES = ['light', 'dark'] as const;

const SCENES: readonly Scene[] = [
  { name: 'start', page: './' },
  { name: 'work', page: './', isWhole: true, prepare: computing },
  { name: 'held-back', page: './', prepare: heldBack },
  { name: 'arabic', page: './#lang=ar', prepare: computing },
  { name: 'safety', page: './safety.html', isWhole: true },
];

export const VOLUNTEER_SHOTS: readonly VolunteerShot[] = SCENES.flatMap((scene) =>
  WIDTHS.flatMap((width) =>
    SCHEMES.map((scheme) => ({
      name: `volunteer-${scene.name}-${width}-${scheme}`,
      page: scene.page,
      width,
      scheme,
      isWhole: scene.isWhole ?? false,
      prepare: scene.prepare ?? (async () => {}),
    })),
  ),
);

const STATISTICS = {
  donors: [
    { name: 'Ada', team: 'Graphics course', ms: 432_360_000 },
    { name: 'منى', team: '', ms: 301_223_441 },
    { name: 'Bob', team: 'Graphics course', ms: 11_223_441 },
  ],
};

async function computing(page: Page): Promise<void> {
  await page.route('**/api/stats', (route) => route.fulfill({ json: STATISTICS }));
  await page.click('#start');
  await page.waitForFunction('window.fixture.commands()?.includes("start")');
  await page.evaluate('window.fixture.play("computing")');
  for (const summary of await page.locator('summary').all()) await summary.click();
  await page.evaluate('scrollTo(0, 0)');
}

async function heldBack(page: Page): Promise<void> {
  await page.click('#start');
  await page.waitForFunction('window.fixture.commands()?.includes("start")');
  await page.evaluate('window.fixture.holdBack()');
  await page.locator('#quarantine').scrollIntoViewIfNeeded();
}

/** The last numbers, pictures and fonts. */
const SETTLE_MS = 1_500;

/** The volunteer's page over a donation that computes nothing. */
export async function takeVolunteer(
  root: string,
  browser: Browser,
  isWanted: (picture: string) => boolean,
): Promise<void> {
  await serveApp(root, { name: 'donate', mode: 'fixture' }, async (address) => {
    for (const shot of VOLUNTEER_SHOTS.filter(({ name }) => isWanted(name))) {
      await take(browser, address, shot, join(root, 'docs/images', `${shot.name}.png`));
      process.stderr.write(`${shot.name}\n`);
    }
  });
}

async function take(
  browser: Browser,
  address: string,
  shot: VolunteerShot,
  path: string,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: shot.width, height: 900 },
    colorScheme: shot.scheme,
    reducedMotion: 'reduce',
    locale: 'en-US',
  });
  try {
    const page = await context.newPage();
    await page.goto(new URL(shot.page, address).href);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot.prepare(page);
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path, animations: 'disabled', fullPage: shot.isWhole });
  } finally {
    await context.close();
  }
}
