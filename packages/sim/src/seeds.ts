import { REGRESSIONS } from './regressions.ts';
import { type Report, runWorld } from './run.ts';

const FIRST_SEED = 1;
export const SEEDS_DEFAULT = 200;

/** Every regression seed, then so many fixed ones. Prints what failed and a line for all. */
export function runSeeds(count: number): number {
  const seeds = [
    ...REGRESSIONS.map(({ seed }) => seed),
    ...Array.from({ length: count }, (_, i) => FIRST_SEED + i),
  ];
  const startedAt = performance.now();
  const reports = seeds.map((seed) => runOne(seed));
  const failed = reports.filter((report) => report.problem !== undefined);
  const sum = (of: (report: Report) => number) =>
    reports.reduce((total, report) => total + of(report), 0);
  const hours = (sum((report) => report.virtualMs) / 3_600_000).toFixed(0);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${reports.length} worlds, ${sum((report) => report.tasks)} tasks, ` +
      `${sum((report) => report.events)} events, ${hours} hours of theirs in ${seconds} s: ` +
      `${failed.length} failed`,
  );
  return failed.length === 0 ? 0 : 1;
}

function runOne(seed: number): Report {
  const report = runWorld(seed);
  if (report.problem === undefined) return report;
  console.log(`seed ${seed}: ${report.problem}\n  again: SEED=${seed} npm run sim`);
  return report;
}
