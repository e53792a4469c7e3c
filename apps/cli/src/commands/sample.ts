import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GridError } from '@manytabs/protocol';
import { encodePng, PREVIEWS, SAMPLES, type Sample, type SampleRow } from '@manytabs/samples';
import type { Job, Trust } from 'manytabs';
import { EXIT, type ExitCode, exitCodeOfJob } from '../exit-code.ts';
import { findGrid } from '../find-grid.ts';
import { toJsonLine } from '../json-value.ts';
import { ProgressLine } from '../progress-line.ts';
import { checkSink } from '../row-sink.ts';
import { fetchAsset } from '../sample-assets.ts';
import { type GridOptions, withGrid } from '../session.ts';
import { StallNotes } from '../stall-notes.ts';
import { clean } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { duration, jobSummary } from '../wording.ts';

export interface SampleOptions extends GridOptions {
  readonly trust?: Trust;
  readonly out?: string;
}

/** `manytabs sample [ID]`: which there are, or one of them, with its picture and whether that is the known one. */
export function sample(terminal: Terminal, id: string | undefined, options: SampleOptions) {
  if (id === undefined) return list(terminal, options);
  const found = sampleNamed(id);
  const out = options.out ?? `${found.id}.png`;
  checkSink(out, terminal);
  const { url } = findGrid(options, terminal.env, terminal.folder);
  return withGrid(terminal, options, async (grid) => {
    const given = { trust: options.trust, signal: terminal.interrupted };
    const started = await found.start(grid, (name) => fetchAsset(url, name), given);
    const job = grid.job(started.job.id);
    terminal.err(`Job ${job.id} is submitted.`);
    const rows = await rowsOf(job, terminal);
    const { state } = await job.ended();
    terminal.err(jobSummary(await job.ended()));
    if (state !== 'done') return exitCodeOfJob(state);
    return judge(terminal, found, rows, { ...options, out, job: job.id });
  });
}

async function list(terminal: Terminal, options: SampleOptions): Promise<ExitCode> {
  for (const { id, title, seconds } of SAMPLES) {
    const text = `${id.padEnd(10)} ${title}, about ${duration(seconds * 1_000)} of one core`;
    terminal.out(options.json ? toJsonLine({ sample: id, title, seconds }) : text);
  }
  return EXIT.done;
}

function sampleNamed(id: string): Sample {
  const found = [...SAMPLES, ...PREVIEWS].find((one) => one.id === id);
  if (found) return found;
  const ids = SAMPLES.map((one) => one.id).join(', ');
  throw new GridError('usage', `There is no sample ${id}; there are ${ids}.`);
}

async function rowsOf(job: Job<unknown>, terminal: Terminal): Promise<SampleRow[]> {
  const progress = new ProgressLine(terminal);
  const notes = new StallNotes(job, terminal);
  const off = job.on('progress', (view) => {
    notes.onView(view);
    progress.show(view, Date.now());
  });
  const rows: SampleRow[] = [];
  try {
    for await (const row of job.results({ signal: terminal.interrupted })) {
      if (row.status === 'fulfilled') rows.push(row);
      else terminal.err(`task ${row.index} failed: ${row.error.code}: ${clean(row.error.message)}`);
    }
  } finally {
    off();
    notes.stop();
    progress.clear();
  }
  return rows;
}

function judge(
  terminal: Terminal,
  { id, pngSha256, assemble }: Sample,
  rows: readonly SampleRow[],
  { json, out, job }: SampleOptions & { readonly out: string; readonly job: string },
): ExitCode {
  const png = encodePng(assemble(rows));
  writeFileSync(resolve(terminal.folder, out), png);
  const sha256 = createHash('sha256').update(png).digest('hex');
  const isKnown = sha256 === pngSha256;
  const verdict = isKnown ? 'the known answer' : `not the known answer, ${pngSha256}`;
  const row = { sample: id, job, picture: out, sha256, known: isKnown };
  terminal.out(json ? toJsonLine(row) : `${out}  ${sha256}, ${verdict}`);
  return isKnown ? EXIT.done : EXIT.failed;
}
