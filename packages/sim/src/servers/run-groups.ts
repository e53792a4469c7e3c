import { drawUncut } from './group-options.ts';
import { GROUP_REGRESSIONS } from './group-regressions.ts';
import { runGroup } from './run-group.ts';

/** Groups of servers: every regression seed, then so many fixed ones. Prints what failed and a line for all. */
export async function runGroups(count: number): Promise<number> {
  const fixed = Array.from({ length: count }, (_, i) => i + 1);
  const worlds = [...GROUP_REGRESSIONS.map(({ seed }) => drawUncut(seed)), ...fixed];
  const startedAt = performance.now();
  let [failed, tasks, events] = [0, 0, 0];
  for (const world of worlds) {
    const report = await runGroup(world);
    tasks += report.tasks;
    events += report.events;
    if (report.problem === undefined) continue;
    failed += 1;
    const { seed, problem } = report;
    console.log(`group ${seed}: ${problem}\n  again: GROUP=${seed} npm run sim`);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const counts = `${worlds.length} groups of servers, ${tasks} tasks, ${events} events`;
  console.log(`${counts} in ${seconds} s: ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Prints everything that happens in the group of a seed. Exit code 1 if a rule is broken. */
export async function replayGroup(seed: number): Promise<number> {
  const report = await runGroup(seed, (row) => console.log(row));
  console.log(`${report.rows} rows, hash ${report.hash}`);
  return report.problem === undefined ? 0 : 1;
}
