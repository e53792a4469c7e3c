import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, platform, release } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench } from './bench.ts';
import { consolePages } from './figures/console.ts';
import { durability } from './figures/durability.ts';
import { efficiency } from './figures/efficiency.ts';
import { files } from './figures/files/files.ts';
import { filesPage } from './figures/files/files-page.ts';
import { latency } from './figures/latency.ts';
import { lighthouse } from './figures/lighthouse.ts';
import { limits } from './figures/limits.ts';
import { memory } from './figures/memory.ts';
import { page } from './figures/page.ts';
import { sandbox } from './figures/sandbox.ts';
import { scale } from './figures/scale.ts';
import { servers } from './figures/servers.ts';
import { shortJob } from './figures/short-job.ts';
import { submit } from './figures/submit.ts';
import { throughput } from './figures/throughput.ts';
import { trust } from './figures/trust.ts';
import { crowd, volunteers } from './figures/volunteers.ts';
import { peers } from './peers/peers.ts';
import { type Row, verdictOf } from './row.ts';
import { formatTable } from './table.ts';

type Figure = (bench: Bench) => Promise<readonly Row[]>;

const FIGURES: Readonly<Record<string, Figure>> = {
  throughput,
  efficiency,
  latency,
  shortJob,
  submit,
  memory,
  page,
  lighthouse,
  console: consolePages,
  filesPage,
  sandbox,
  scale,
  trust,
  servers,
  durability,
  files,
  volunteers,
  limits,
  peers,
};

/** Only where they are asked for by name. */
const LONG_FIGURES: Readonly<Record<string, Figure>> = { volunteers2000: crowd };
const ALL_FIGURES = { ...FIGURES, ...LONG_FIGURES };

const USAGE = `npm run bench -- [--only ${Object.keys(ALL_FIGURES).join(',')}] [--rounds 5]`;

async function main(): Promise<number> {
  const options = readArguments();
  if (options === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const load = loadavg()[0] ?? 0;
  const bench = new Bench({ root: repositoryRoot(), rounds: options.rounds });
  const rows: Row[] = [];
  const failed: string[] = [];
  for (const name of options.only) {
    bench.say(`${name} …`);
    try {
      rows.push(...((await ALL_FIGURES[name]?.(bench)) ?? []));
    } catch (cause) {
      failed.push(name);
      const note = cause instanceof Error ? cause.message : String(cause);
      rows.push({ figure: name, value: undefined, unit: '', note: `It failed: ${note}` });
    }
  }
  await bench.close();
  process.stdout.write(`${formatTable(rows)}\n`);
  if (load > cpus().length / 2) {
    bench.say(
      `The machine was busy with other things (load ${load.toFixed(1)}): the figures are worse than it can do.`,
    );
  }
  bench.say(`Written to ${await save(bench, rows, load)}.`);
  return failed.length === 0 ? 0 : 1;
}

function readArguments(): { only: readonly string[]; rounds: number } | undefined {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, rounds: { type: 'string', default: '5' } },
  });
  const only = values.only?.split(',') ?? Object.keys(FIGURES);
  const rounds = Number(values.rounds);
  const isKnown = only.every((name) => Object.hasOwn(ALL_FIGURES, name));
  return isKnown && Number.isInteger(rounds) && rounds > 0 ? { only, rounds } : undefined;
}

/** The folder of the repository, from any folder inside it. */
function repositoryRoot(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && readFileSync(manifest, 'utf8').includes('"manytabs-repo"'))
      return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
}

async function save(bench: Bench, rows: readonly Row[], load: number): Promise<string> {
  const at = new Date().toISOString();
  const file = join(bench.root, 'bench/results', `${at.replaceAll(':', '-').slice(0, 19)}.json`);
  const machine = {
    system: `${platform()} ${release()}`,
    node: process.version,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    /** Of the minute before the run. */
    load,
  };
  const judged = rows.map((row) => ({ ...row, verdict: verdictOf(row) }));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(
    file,
    `${JSON.stringify({ at, machine, rounds: bench.rounds, rows: judged }, null, 2)}\n`,
  );
  return file;
}

// Native transports keep threads that would hold the process.
process.exit(await main());
