import { GridError } from '@manytabs/protocol';
import {
  type CompareOption,
  type GridApi,
  type InputSource,
  type Job,
  type MapOptions,
  range,
  type Trust,
} from 'manytabs';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { followJob } from '../follow-job.ts';
import { toJsonLine } from '../json-value.ts';
import { readFiles } from '../read-files.ts';
import { type InputSpec, readInputs } from '../read-inputs.ts';
import { readTask } from '../read-task.ts';
import { checkSink } from '../row-sink.ts';
import { type GridOptions, withGrid } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { duration } from '../wording.ts';

export interface RunOptions extends GridOptions {
  readonly inputs?: string;
  readonly export?: string;
  readonly args?: string;
  readonly file?: readonly string[];
  readonly trust?: Trust;
  readonly compare?: CompareOption;
  readonly verify?: string | true;
  readonly determinism?: MapOptions['determinism'];
  readonly space?: string;
  readonly quorum?: number;
  readonly name?: string;
  readonly priority?: number;
  readonly timeout?: number;
  readonly memory?: number;
  readonly retries?: number;
  readonly backoff?: number;
  readonly deadline?: number;
  readonly budget?: number;
  readonly key?: string;
  readonly estimate?: boolean;
  readonly out?: string;
  readonly detach?: boolean;
}

/** `manytabs run FILE`: everything that can be refused here is refused before the grid is called. */
export async function run(terminal: Terminal, file: string, options: RunOptions) {
  checkSink(options.out, terminal);
  const args = parseArgs(options.args);
  const task = await readTask(file, options.export, terminal.folder);
  const files = readFiles(options.file ?? [], terminal.folder);
  const inputs = await readInputs(options.inputs, terminal);
  return withGrid(terminal, options, async (grid) => {
    const given = { ...mapOptions(file, options, args), files };
    if (options.estimate) return tellEstimate(terminal, grid, { inputs, task, given, options });
    const job = grid.map(sourceOf(inputs, grid), task, given);
    await job.submitted;
    terminal.err(`Job ${job.id} is submitted.`);
    if (options.detach) return detach(job, terminal, options.json === true);
    await inviteIfNobodyIsThere(grid, terminal, options.quorum ?? 1);
    const json = options.json === true;
    return followJob(job, terminal, { json, out: options.out, cancelOnInterrupt: true });
  });
}

function parseArgs(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GridError('usage', `--args is no JSON: ${why}.`, { cause });
  }
}

function sourceOf(inputs: InputSpec, grid: GridApi): InputSource<unknown> {
  if (inputs.kind === 'files') return grid.files.inputs(inputs.pattern);
  return inputs.kind === 'range' ? range(inputs.from, inputs.to) : inputs.rows;
}

function mapOptions(file: string, options: RunOptions, args: unknown): MapOptions {
  const { trust, compare, determinism, space, quorum, priority, timeout, deadline, key } = options;
  const { retries = RETRIES_DEFAULT, backoff, budget, memory, detach } = options;
  const verify = options.verify === true ? 'verify' : options.verify;
  const name = options.name ?? file.split(/[\\/]/).pop();
  return {
    name,
    args,
    trust,
    compare,
    ...(verify === undefined ? {} : { verify }),
    determinism,
    space,
    quorum,
    priority,
    timeout,
    deadline,
    key,
    retries: backoff === undefined ? retries : { max: retries, backoff },
    ...(memory === undefined ? {} : { requires: { memoryMB: memory } }),
    ...(budget === undefined ? {} : { budget: { coreSeconds: budget } }),
    // Whoever goes away leaves all inputs behind.
    ...(detach ? { buffer: Number.MAX_SAFE_INTEGER } : {}),
  };
}

/** Rows that are still being sent would be lost with us. */
async function detach(job: Job<unknown>, terminal: Terminal, json: boolean): Promise<ExitCode> {
  await new Promise<void>((resolve, reject) => {
    const off = job.on('progress', (view) => {
      if (view.open) return;
      off();
      resolve();
    });
    if (job.view && !job.view.open) resolve();
    terminal.interrupted.addEventListener('abort', () => {
      reject(new GridError('aborted', `Job ${job.id} has not got all its inputs.`));
    });
  });
  terminal.out(json ? toJsonLine({ job: job.id, state: 'running' }) : job.id);
  return EXIT.done;
}

const RETRIES_DEFAULT = 2;

/** `--estimate`: three tasks, and what all would take. */
async function tellEstimate(
  terminal: Terminal,
  grid: GridApi,
  run: {
    readonly inputs: InputSpec;
    readonly task: Awaited<ReturnType<typeof readTask>>;
    readonly given: MapOptions;
    readonly options: RunOptions;
  },
): Promise<ExitCode> {
  await inviteIfNobodyIsThere(grid, terminal, 1);
  const { pilot, ...estimate } = await grid.estimate(
    sourceOf(run.inputs, grid),
    run.task,
    run.given,
  );
  const failed = pilot.filter(({ status }) => status === 'rejected').length;
  if (run.options.json) terminal.out(toJsonLine({ ...estimate, failed }));
  else {
    const { tasks, msPerTask, bytesPerResult, coreSeconds, wallSeconds } = estimate;
    terminal.out(
      `${tasks ?? 'unknown'} tasks, ${duration(msPerTask)} and ${Math.round(bytesPerResult)} bytes each`,
    );
    if (coreSeconds !== undefined) terminal.out(`${duration(coreSeconds * 1_000)} of computing`);
    if (wallSeconds !== undefined)
      terminal.out(`${duration(wallSeconds * 1_000)} with the workers that are here`);
    if (failed > 0) terminal.err(`${failed} of ${pilot.length} pilot tasks failed.`);
  }
  return failed === pilot.length ? EXIT.failed : EXIT.done;
}

async function inviteIfNobodyIsThere(
  grid: GridApi,
  terminal: Terminal,
  quorum: number,
): Promise<void> {
  const { volunteers } = await grid.status();
  if (volunteers > 0 && volunteers < quorum) {
    terminal.err(
      `Each task waits for ${quorum} volunteers that agree, and ${volunteers} are here.`,
    );
  }
  if (volunteers > 0) return;
  terminal.err('Nobody donates yet: open the volunteer page, or run `manytabs volunteer`.');
}
