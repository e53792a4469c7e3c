import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { wasiProgram } from '../packages/runtime/test/wasi-program.ts';
import { expect, test } from './fixtures.ts';
import { SQUARE_WASM } from './tasks.ts';

// Jobs that are written in the console's own form and run on real tabs: from what a person does to the values.

const TYPESCRIPT = `interface Made { readonly n: number; readonly square: number }
const square = (n: number): number => n * n;
export default (n: number): Made => ({ n, square: square(n) });`;

const PYTHON = `import math

def main(p, ctx):
    return [p["beta"], p["method"].upper(), math.gcd(12, 18)]
`;

const PEOPLE = `export default ({ city, people }) => [city, Number(people) + 1];`;
const SHOUT = `write(1, args()[1] + ':' + read(0).toUpperCase());`;
const LENGTH = `export default async ({ path }, ctx) => [path, (await ctx.files.read(path)).length];`;

/** What the page's policy refused, for as long as the page lives. */
function violationsOf(page: Page): string[] {
  const violations: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes("Content Security Policy directive '"))
      violations.push(message.text());
  });
  return violations;
}

/** The form, as a first visitor finds it. */
async function openForm(page: Page, address: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(address);
  await page.getByRole('link', { name: 'New job' }).first().click();
  await expect(page.getByRole('heading', { name: 'New job' })).toBeVisible();
}

/** Another source in the editor, as if pasted. */
async function write(page: Page, label: string, source: string): Promise<void> {
  await page.locator('.cm-content').and(page.getByLabel(label)).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Backspace');
  await page.keyboard.insertText(source);
}

async function upload(page: Page, label: string, name: string, content: string | Uint8Array) {
  const buffer = Buffer.from(content);
  await page.getByLabel(label).setInputFiles({ name, mimeType: '', buffer });
}

async function run(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Run on the grid' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

/** What the job on the page gave, by index, as it is downloaded. */
async function valuesOf(page: Page): Promise<unknown[]> {
  await expect(page.getByText('100 % decided')).toBeVisible({ timeout: 60_000 });
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'NDJSON' }).click();
  const path = await (await coming).path();
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { index: number; value?: unknown; error?: unknown });
  return rows.toSorted((a, b) => a.index - b.index).map((row) => row.error ?? row.value);
}

test('[UI300] a job of every language and of every kind of inputs runs on real tabs as it is written in the form', async ({
  grid,
  openTab,
  page,
}) => {
  test.setTimeout(300_000);
  const violations = violationsOf(page);
  for (let i = 0; i < 2; i++) await openTab();
  const step = (name: string, fill: () => Promise<void>, values: unknown) =>
    test.step(name, async () => {
      await openForm(page, grid.ready.console);
      await fill();
      await run(page, name);
      expect(await valuesOf(page)).toEqual(values);
    });

  await step(
    'TypeScript over a range, without votes',
    async () => {
      await page.getByLabel('TypeScript').check();
      await write(page, 'Source of the task', TYPESCRIPT);
      await page.getByLabel('Trust').selectOption('none');
      await page.getByLabel('From').fill('3');
      await page.getByLabel('To', { exact: true }).fill('6');
    },
    [3, 4, 5].map((n) => ({ n, square: n * n })),
  );
  await step(
    'Python over a grid of parameters',
    async () => {
      await page.getByLabel('Python').check();
      await write(page, 'Script', PYTHON);
      await page.getByLabel('Parameters').check();
      await page.getByLabel('One parameter a line').fill('beta: 0.5, 1.5\nmethod: "euler", "rk4"');
      await expect(page.getByText('2 × 2 = 4 tasks')).toBeVisible();
    },
    [0.5, 1.5].flatMap((beta) => ['EULER', 'RK4'].map((method) => [beta, method, 6])),
  );
  await step('WASM over a list', async () => {
    await page.getByLabel('WASM or WASI').check();
    await upload(page, 'WASM module', 'square.wasm', SQUARE_WASM);
    await expect(page.getByLabel('Function to call')).toHaveValue('square');
    await page.getByLabel('List').check();
    await page.getByLabel('One JSON value a line').fill('1.5\n-4');
  }, [2.25, 16]);
  const program = await wasiProgram(SHOUT);
  await step('WASI over NDJSON', async () => {
    await page.getByLabel('WASM or WASI').check();
    await upload(page, 'WASM module', 'shout.wasm', program);
    await expect(page.getByLabel('Function to call')).toHaveValue('_start');
    await page.getByLabel('File', { exact: true }).check();
    const lines = '{"args":["a"],"stdin":"one"}\n{"args":["b"],"stdin":"two"}\n';
    await upload(page, 'CSV or NDJSON file', 'words.ndjson', lines);
  }, [
    expect.objectContaining({ code: 0, stdout: 'a:ONE' }),
    expect.objectContaining({ stdout: 'b:TWO' }),
  ]);
  await step('JavaScript over CSV', async () => {
    await write(page, 'Source of the task', PEOPLE);
    await page.getByLabel('File', { exact: true }).check();
    await upload(page, 'CSV or NDJSON file', 'cities.csv', 'city,people\nŁódź,670000\n"a, b",1\n');
  }, [
    ['Łódź', 670_001],
    ['a, b', 2],
  ]);
  expect((await grid.run('put', grid.file('a.txt', 'three'), '/in/a.txt')).code).toBe(0);
  await step('JavaScript over files of the grid', async () => {
    await write(page, 'Source of the task', LENGTH);
    await page.getByLabel('Grid files').check();
    await page.getByLabel('One path or pattern a line').fill('/in/*.txt');
  }, [['/in/a.txt', 5]]);
  expect(violations).toEqual([]);
});

test('[UI300] [UI32] three Python tasks run on this device, and what all would cost on the grid is told', async ({
  grid,
  openTab,
  page,
}) => {
  test.setTimeout(120_000);
  await openTab();
  await openForm(page, grid.ready.console);
  await page.getByLabel('Python').check();
  await page.getByRole('button', { name: 'Try three tasks first' }).click();
  const trial = page.locator('.trial');
  await expect(trial).toContainText('tried on this device', { timeout: 60_000 });
  await expect(trial.getByRole('cell', { name: '{n: 501, steps: 110}' })).toBeVisible();
  await expect(trial).toContainText(
    /All 1,000, with their votes: about .+ on the 1 workers? here now/,
  );
  expect((await grid.run('jobs', '--json')).rows).toEqual([]);
});

test('[UI16] [UI17] what cannot run is refused at its place, and nothing is submitted', async ({
  grid,
  page,
}) => {
  await openForm(page, grid.ready.console);
  const go = () => page.getByRole('button', { name: 'Run on the grid' }).click();
  await write(page, 'Source of the task', 'export default (n) => n * scale + offset;');
  await go();
  await expect(page.getByRole('alert')).toContainText('Not defined in the task');
  await expect(page.locator('.cm-free-name')).toHaveText(['scale', 'offset']);
  await page.getByLabel('TypeScript').check();
  await write(
    page,
    'Source of the task',
    'const a: number = 1;\nexport default (n: number) => n + ;',
  );
  await go();
  await expect(page.getByRole('alert')).toContainText('(2:');
  await expect(page.locator('.cm-free-name')).toContainText('export default');
  expect((await grid.run('jobs', '--json')).rows).toEqual([]);
});
