import { ERRORS, isErrorCode, type JobView, toGridError } from '@manytabs/protocol';
import type { Job } from 'manytabs';
import { EXIT, type ExitCode, exitCodeOfError, exitCodeOfJob } from './exit-code.ts';
import { ExitNotes } from './exit-notes.ts';
import { toJsonLine } from './json-value.ts';
import { ProgressLine } from './progress-line.ts';
import { openSink, type RowSink } from './row-sink.ts';
import { StallNotes } from './stall-notes.ts';
import { cleanLines } from './table.ts';
import { type Terminal, UNREAD } from './terminal.ts';
import { jobSummary, summaryRow } from './wording.ts';

export interface FollowOptions {
  readonly json: boolean;
  readonly out?: string | undefined;
  /** Ctrl-C cancels the job (it was submitted here) or only stops watching. */
  readonly cancelOnInterrupt: boolean;
}

/** How long a cancelled job may take to say so, before we hang up. */
const CANCEL_MS = 5000;

/** Writes a job's results until it ends, with its progress on stderr. */
export async function followJob(
  job: Job<unknown>,
  terminal: Terminal,
  options: FollowOptions,
): Promise<ExitCode> {
  const progress = new ProgressLine(terminal);
  const notes = new StallNotes(job, terminal);
  const off = job.on('progress', (view) => {
    notes.onView(view);
    progress.show(view, Date.now());
  });
  const sink = openSink(options.out, options.json, terminal);
  try {
    await takeRows(job, terminal, options, sink);
  } catch (error) {
    if (!terminal.interrupted.aborted) throw error;
  } finally {
    off();
    notes.stop();
    progress.clear();
    await sink.close();
  }
  if (!terminal.interrupted.aborted) return tellEnd(await job.ended(), terminal, options.json);
  if (options.cancelOnInterrupt) await cancel(job, terminal, options.json);
  return EXIT.cancelled;
}

/** In order for a person; as they become final for a program, whose rows carry their index. */
async function takeRows(
  job: Job<unknown>,
  terminal: Terminal,
  options: FollowOptions,
  sink: RowSink,
): Promise<void> {
  const signal = terminal.interrupted;
  const exits = new ExitNotes(terminal);
  for await (const row of job.results({ ordered: !options.json, signal })) {
    await sink.take(row);
    if (row.status === 'rejected') {
      terminal.err(`task ${row.index} failed: ${row.error.code}: ${cleanLines(row.error.message)}`);
    } else exits.note(row.index, row.value);
  }
}

function tellEnd(view: JobView, terminal: Terminal, json: boolean): ExitCode {
  terminal.err(jobSummary(view));
  if (json) terminal.out(toJsonLine(summaryRow(view)));
  return exitCodeOfEnd(view, terminal);
}

/** A job that its own inputs ended was used wrong: the code of that says so, with what to do. */
function exitCodeOfEnd({ state, reason }: JobView, terminal: Terminal): ExitCode {
  const code = reason.split(': ')[0];
  if (!isErrorCode(code) || state === 'done') return exitCodeOfJob(state);
  terminal.err(ERRORS[code]);
  return state === 'cancelled' ? exitCodeOfError(code) : exitCodeOfJob(state);
}

async function cancel(job: Job<unknown>, terminal: Terminal, json: boolean): Promise<void> {
  const isUnread = terminal.interrupted.reason === UNREAD;
  if (!isUnread) terminal.err(`Cancelling job ${job.id}…`);
  try {
    await job.cancel('cancelled by its submitter');
    const view = await job.ended({ signal: AbortSignal.timeout(CANCEL_MS) });
    if (isUnread) return;
    tellEnd(view, terminal, json);
    terminal.err(`What was computed is kept: manytabs results ${job.id}`);
  } catch (thrown) {
    const { code, message } = toGridError(thrown, 'timeout');
    terminal.err(`${code}: The grid did not confirm it: ${message}`);
  }
}
