import { hasEnded, type JobView } from '@manytabs/protocol';
import { EXIT } from '../exit-code.ts';
import { type GridOptions, print, withGrid } from '../session.ts';
import { alignTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { duration } from '../wording.ts';

/** `manytabs ps`: the one computer's processes, which are the jobs that have not ended. `kill` takes a PID. */
export function ps(terminal: Terminal, options: GridOptions) {
  return withGrid(terminal, options, async (grid) => {
    const live = (await grid.jobs()).filter(({ state }) => !hasEnded(state)).map(processOf);
    print(terminal, options, live, processTable);
    return EXIT.done;
  });
}

type Process = ReturnType<typeof processOf>;

export function processOf(job: JobView) {
  const { jobId, owner, state, priority, tasks, busyMs, name } = job;
  return { pid: jobId, owner, state, priority, running: tasks.running, busyMs, tasks, name };
}

export function processTable(processes: readonly Process[]): string[] {
  const head = ['PID', 'OWNER', 'STATE', 'PRI', 'RUNNING', 'TIME', 'COMMAND'];
  const rows = processes.map(({ pid, owner, state, priority, running, busyMs, name }) => {
    return [pid, owner, state, priority, running, duration(busyMs), name];
  });
  return alignTable(head, rows);
}
