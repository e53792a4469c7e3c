import { expect, test } from './fixtures.ts';

/** Counts to 120 in steps of 100 ms, keeps where it is, and tells where it began and how many steps it made. */
const COUNT_JS = `export default async (n, ctx) => {
  const began = ctx.restore() ?? 0;
  let step = began;
  while (step < 120) {
    const end = Date.now() + 100;
    while (Date.now() < end);
    await undefined;
    step += 1;
    ctx.checkpoint(step);
    if (step % 5 === 0) ctx.log('step', step);
  }
  return { began, steps: step - began };
};`;

test('[CO160] a task goes on in another tab from its last checkpoint', async ({
  grid,
  openTab,
}) => {
  const first = await openTab();
  const file = grid.file('count.js', COUNT_JS);
  const job = grid.spawn('run', file, '--inputs', 'range:0..1', '--timeout', '60000', '--json');
  await expect.poll(() => logged(grid), { timeout: 30_000 }).toBeGreaterThanOrEqual(25);
  const second = await openTab();
  await first.page.close();
  const { code, rows } = await job.ended;
  expect(code).toBe(0);
  const { value } = rows[0] as { value: { began: number; steps: number } };
  expect(value.began + value.steps).toBe(120);
  // Checkpoints are kept twice a second, which is five steps; the last word of a tab may be lost with it.
  expect(value.began).toBeGreaterThanOrEqual(15);
  expect(second.volunteer).not.toBe(first.volunteer);
});

async function logged(grid: { run(...args: string[]): Promise<{ rows: readonly unknown[] }> }) {
  const { rows: jobs } = await grid.run('jobs', '--json');
  const id = (jobs[0] as { jobId?: string } | undefined)?.jobId;
  if (!id) return 0;
  const { rows } = await grid.run('logs', id, '--json');
  return rows.length * 5;
}
