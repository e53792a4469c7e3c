import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

// Everything on the volunteer's page, by the keyboard alone.

const STEPS_MAX = 120;

const isIn = (page: Page, phase: string) =>
  expect(page.locator('html')).toHaveAttribute('data-phase', phase);

interface Stop {
  readonly id: string;
  readonly name: string;
  readonly isSeen: boolean;
  readonly isMarked: boolean;
}

/** Runs in the page: what has the focus, whether it can be seen and whether that is marked. */
function focused(): Stop {
  const element = document.activeElement as HTMLElement;
  const box = element.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const radio = element.matches('[type=radio]') ? element.nextElementSibling : element;
  const style = getComputedStyle(radio ?? element);
  return {
    id: element.id || element.tagName,
    name: element.ariaLabel ?? element.textContent?.trim().slice(0, 40) ?? '',
    isSeen: element.matches('[type=radio]') || at === element || element.contains(at),
    isMarked: style.outlineStyle !== 'none' && style.outlineWidth !== '0px',
  };
}

async function walk(page: Page): Promise<Stop[]> {
  // The first of the page; what is last before it in the browser's own windows is not asked.
  await page.locator('#language').focus();
  const stops: Stop[] = [await page.evaluate(focused)];
  for (let step = 0; step < STEPS_MAX; step++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(focused);
    if (stop.id === 'BODY') break;
    stops.push(stop);
  }
  return stops;
}

/** To the element of that id by the tab key. */
async function goTo(page: Page, id: string): Promise<void> {
  for (let step = 0; step < STEPS_MAX; step++) {
    if ((await page.evaluate(() => document.activeElement?.id)) === id) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The tab key does not lead to #${id}.`);
}

async function startByKeyboard(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(page.locator('#start')).toBeEnabled();
  await goTo(page, 'start');
  await page.keyboard.press('Enter');
  await isIn(page, 'waiting');
}

test('[UI258] the tab key leads to everything that can be pressed, in sight and marked', async ({
  page,
  grid,
}) => {
  await startByKeyboard(page, grid.ready.volunteer);
  for (const summary of await page.locator('summary:visible').all()) await summary.press('Enter');
  const stops = await walk(page);
  expect(stops.filter(({ isSeen }) => !isSeen)).toEqual([]);
  expect(stops.filter(({ isMarked }) => !isMarked)).toEqual([]);
  const reached = new Set(stops.map(({ id }) => id));
  const wanted = await page
    .locator('button:visible, select:visible, textarea:visible, input:visible')
    .evaluateAll((all) =>
      all
        .filter(
          (each) => !each.closest('#hours, #segments') && !(each as HTMLButtonElement).disabled,
        )
        .map(({ id }) => id),
    );
  expect(wanted.length).toBeGreaterThan(20);
  expect(wanted.filter((id) => id !== '' && !reached.has(id))).toEqual([]);
});

test('[UI258] by keyboard alone: start, power, rules, pause, resume, finish, forget', async ({
  page,
  grid,
}) => {
  await startByKeyboard(page, grid.ready.volunteer);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('pause');

  await page.keyboard.press('Enter');
  await isIn(page, 'paused');
  await page.keyboard.press('Enter');
  await isIn(page, 'waiting');

  await page.locator('#segments input:checked').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('#segments input[value=quiet]')).toBeChecked();
  await page.locator('summary[data-say="power.more"]').press('Enter');
  await goTo(page, 'duty');
  await page.keyboard.press('Home');
  await expect(page.locator('#segments input[value=custom]')).toBeChecked();
  await expect(page.locator('#duty-text')).toHaveText('10%');

  await goTo(page, 'rule-battery');
  await page.keyboard.press('r');
  await expect(page.locator('#rule-battery')).toHaveValue('pause');
  await goTo(page, 'pause-hour');
  await page.keyboard.press('Space');
  await expect(page.locator('html')).toHaveAttribute('data-reason', 'paused');
  await page.keyboard.press('Space');
  await expect(page.locator('html')).toHaveAttribute('data-reason', 'no-work');

  await goTo(page, 'finish');
  await page.keyboard.press('Enter');
  await isIn(page, 'idle');
  await goTo(page, 'forget');
  await page.keyboard.press('Enter');
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
});
