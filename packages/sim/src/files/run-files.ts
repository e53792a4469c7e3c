import { FileWorld } from './file-world.ts';

const AT_ONCE = 8;

export interface FileReport {
  readonly seed: number;
  readonly operations: number;
  readonly crashes: number;
  readonly departures: number;
  readonly problem: string | undefined;
}

/** Runs the operations of one seed. Never throws for what went wrong inside. */
export async function runFileSeed(
  seed: number,
  print?: (row: string) => void,
): Promise<FileReport> {
  const world = new FileWorld(seed, print);
  let problem: string | undefined;
  try {
    await world.run();
  } catch (thrown) {
    problem = thrown instanceof Error ? thrown.message : String(thrown);
    print?.(`FAILED ${problem}`);
  } finally {
    await world.close();
  }
  const { operations, crashes, departures } = world;
  return { seed, operations, crashes, departures, problem };
}

/** In their order, some at a time: most of what they do is wait. */
export async function* reports(count: number): AsyncGenerator<FileReport> {
  const running: Promise<FileReport>[] = [];
  for (let seed = 1; seed <= count || running.length > 0; ) {
    while (seed <= count && running.length < AT_ONCE) running.push(runFileSeed(seed++));
    yield (await running.shift()) as FileReport;
  }
}

/** So many fixed seeds of the file system against a map in memory. Prints what failed and a line for all. */
export async function runFiles(count: number): Promise<number> {
  const startedAt = performance.now();
  const sum = { operations: 0, crashes: 0, departures: 0, failed: 0 };
  for await (const report of reports(count)) {
    sum.operations += report.operations;
    sum.crashes += report.crashes;
    sum.departures += report.departures;
    if (report.problem === undefined) continue;
    sum.failed++;
    console.log(
      `files ${report.seed}: ${report.problem}\n  again: FILES=${report.seed} npm run sim`,
    );
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${count} file systems, ${sum.operations} operations, ${sum.crashes} deaths of the coordinator, ` +
      `${sum.departures} of tabs in ${seconds} s: ${sum.failed} failed`,
  );
  return sum.failed === 0 ? 0 : 1;
}

/** Prints each operation of a seed and what is there after it. Exit code 1 if a version was lost, mixed or half there. */
export async function replayFiles(seed: number): Promise<number> {
  const report = await runFileSeed(seed, (row) => console.log(row));
  return report.problem === undefined ? 0 : 1;
}
