import { problemOf, type Report } from '../run.ts';
import { Trace } from '../trace.ts';
import { drawGroup, type GroupOptions } from './group-options.ts';
import { GroupWorld } from './group-world.ts';

type GroupReport = Pick<Report, 'seed' | 'problem' | 'hash' | 'events' | 'rows' | 'virtualMs'> & {
  readonly tasks: number;
};

/** Runs one world of several servers to its end. Never throws for what went wrong inside. */
export async function runGroup(
  input: GroupOptions | number,
  print?: (row: string) => void,
): Promise<GroupReport> {
  const options = typeof input === 'number' ? drawGroup(input) : input;
  print?.(`group ${options.seed} ${JSON.stringify(options)}`);
  const trace = new Trace(print);
  const world = new GroupWorld(options, trace);
  const startAt = world.queue.now;
  let problem: string | undefined;
  try {
    await world.run();
  } catch (thrown) {
    problem = problemOf(thrown);
    print?.(`FAILED ${problem}`);
  }
  return {
    seed: options.seed,
    problem,
    hash: trace.hash(),
    events: world.queue.count,
    rows: trace.rows,
    virtualMs: world.queue.now - startAt,
    tasks: options.jobs.reduce((sum, job) => sum + job.tasks, 0),
  };
}
