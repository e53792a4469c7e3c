import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningCoordinator, startCoordinator } from '@manytabs/coordinator';
import { GridError, type JobView, type NodeView } from '@manytabs/protocol';
import { encodePng, PREVIEWS, SAMPLES, type Sample, type SampleRow } from '@manytabs/samples';
import { Grid, type GridApi, type Job } from 'manytabs';
import { reportFailure } from './failure.ts';
import { HeadlessTabs } from './headless-tabs.ts';
import { ProgressLine } from './progress-line.ts';
import { fetchAsset } from './sample-assets.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { duration } from './wording.ts';

// `npm run demo [-- SAMPLE]`: the whole main job without a hand. A grid, four headless tabs of which one lies, a sample
// computed twice over, its picture in demo/, and who was caught. Exits 0 only if all of it is right.

const TABS = 4;
const LIAR = 1;
const QUORUM = 2;

interface Outcome {
  readonly view: JobView;
  readonly rows: readonly SampleRow[];
  readonly nodes: readonly NodeView[];
  /** Volunteers who lost a vote. */
  readonly outvoted: readonly string[];
}

async function demo(terminal: Terminal, sample: Sample): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'manytabs-demo-'));
  const grid = await startCoordinator({ port: 0, dataDir, log: () => undefined });
  const tabs = await HeadlessTabs.launch();
  try {
    terminal.err(
      `The grid is up at ${grid.url}; ${TABS} tabs are coming, and tab ${LIAR + 1} lies.`,
    );
    const liar = await openTabs(tabs, grid.url);
    const outcome = await compute(terminal, grid, sample);
    return judge(terminal, sample, { ...outcome, liar });
  } finally {
    await tabs.close();
    await grid.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Resolves with the liar's identity once all tabs are there. */
async function openTabs(tabs: HeadlessTabs, url: string): Promise<string> {
  const coming = Array.from({ length: TABS }, async (_, number) => {
    const fault = number === LIAR ? ('wrong' as const) : undefined;
    const tab = await tabs.open(url, { workers: 1, fault }, () => undefined);
    await tab.joined();
    return tab.state.volunteer;
  });
  return (await Promise.all(coming))[LIAR] ?? '';
}

async function compute(
  terminal: Terminal,
  { url, token }: RunningCoordinator,
  sample: Sample,
): Promise<Outcome> {
  const grid = await Grid.connect(url, { token, agent: 'manytabs demo' });
  try {
    const options = { quorum: QUORUM, signal: terminal.interrupted };
    const started = await sample.start(grid, (name) => fetchAsset(url, name), options);
    const job = grid.job(started.job.id);
    const rows = await collect(terminal, job);
    return {
      view: await job.ended(),
      rows,
      nodes: await grid.nodes(),
      outvoted: await losers(job),
    };
  } finally {
    await grid.close();
  }
}

async function collect(terminal: Terminal, job: Job<unknown>): Promise<SampleRow[]> {
  const progress = new ProgressLine(terminal);
  const off = job.on('progress', (view) => progress.show(view, Date.now()));
  const rows: SampleRow[] = [];
  for await (const row of job.results({ signal: terminal.interrupted })) {
    if (row.status === 'fulfilled') rows.push(row);
  }
  off();
  progress.clear();
  return rows;
}

async function losers(job: ReturnType<GridApi['job']>): Promise<string[]> {
  const disagreements = await job.disagreements();
  return [...new Set(disagreements.flatMap(({ losers: lost }) => lost))];
}

function judge(terminal: Terminal, sample: Sample, outcome: Outcome & { liar: string }): number {
  const { view, rows, nodes, outvoted, liar } = outcome;
  const png = encodePng(sample.assemble(rows));
  const path = join(terminal.folder, 'demo', `${sample.id}.png`);
  mkdirSync(join(terminal.folder, 'demo'), { recursive: true });
  writeFileSync(path, png);
  const hash = createHash('sha256').update(png).digest('hex');
  const isRight = hash === sample.pngSha256;
  const caught = nodes.filter(({ invalid }) => invalid > 0).map(({ volunteer }) => volunteer);
  const named = new Set([...caught, ...outvoted]);
  const isLiarNamed = named.size === 1 && named.has(liar as NodeView['volunteer']);
  const executions = nodes.reduce((sum, { valid, invalid }) => sum + valid + invalid, 0);
  const { total, final } = view.tasks;
  const lines = [
    `picture    ${path}`,
    `sha256     ${hash}, ${isRight ? 'which is the known one' : `but ${sample.pngSha256} is right`}`,
    `tasks      ${final} of ${total} final, ${(executions / total).toFixed(2)} executions each`,
    `liar       ${liar}`,
    `caught     ${[...named].join(', ') || 'nobody'}, in ${view.disagreements} votes`,
    `took       ${duration((view.endedAt ?? view.submittedAt) - view.submittedAt)}`,
  ];
  for (const line of lines) terminal.out(line);
  const isDone = view.state === 'done' && isRight && isLiarNamed;
  terminal.out(isDone ? 'All right.' : 'Something is wrong.');
  return isDone ? 0 : 1;
}

function sampleNamed(id: string | undefined): Sample {
  const all = [...SAMPLES, ...PREVIEWS];
  const found = id === undefined ? all[0] : all.find((sample) => sample.id === id);
  if (found) return found;
  const ids = all.map((sample) => sample.id).join(', ');
  throw new GridError('usage', `There is no sample ${id}; there are ${ids}.`);
}

const terminal = processTerminal();
const code = await Promise.resolve()
  .then(() => demo(terminal, sampleNamed(process.argv[2])))
  .catch((error) => reportFailure(terminal, error, false));
process.stdout.write('', () => process.exit(code));
