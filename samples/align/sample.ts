import type { FileInput, GridApi, Job, Single } from 'manytabs';
import { jsModule, wasi } from 'manytabs/tasks';
import { assembleMosaic } from '../mosaic.ts';
import {
  type FetchAsset,
  fetchServed,
  type Sample,
  type StartOptions,
  trustOf,
} from '../sample.ts';
import type { Coverage } from './coverage.ts';

const PARTS = 20;
const READS = '/samples/lambda/reads.fq';
const REFERENCE = '/ref/lambda.fa';

const FACTS = {
  id: 'align',
  title: 'Align the reads of a virus',
  description:
    'Finds where 8,000 snippets of DNA lie on the genome of phage lambda: a file of the grid is split, aligned by a WASI command, and merged. The gap is a piece that this virus lacks.',
  purpose: 'Puts the reads of a sequenced virus in their places on its genome.',
  seconds: 3,
  picture: '/samples/align.png',
  view: { kind: 'mosaic', width: 971, height: 240 },
  sha256: '07d9e457101cdf4ac4f584cb1430dd87e7df1f9c2da1cfbbbe062f4111765317',
  pngSha256: '6a9f1fdaf483b7a9fef484b54d0ef16054a7a2d08e8c256cd43adbf9696a9a8a',
} as const;

/** Three jobs: split, align, merge. The picture is that of the last one. */
export const ALIGN: Sample = {
  ...FACTS,
  assemble: (rows) => assembleMosaic(FACTS.view, rows),
  start: async (grid, fetchAsset = fetchServed, options = {}) => ({
    // No promise of it, which would wait for its value.
    job: (await startStages(grid, fetchAsset, options)).merged,
  }),
};

async function startStages(grid: GridApi, fetchAsset: FetchAsset, options: StartOptions) {
  const [reads, split, aligner, genome, coverage] = await Promise.all(
    ['reads.fq', 'align-split.js', 'align.wasm', 'lambda.fa', 'align-coverage.js'].map(fetchAsset),
  );
  if (!reads || !split || !aligner || !genome || !coverage) throw new TypeError('five assets');
  const trust = await trustOf(grid, options);
  const shared = { ...options, purpose: FACTS.purpose, trust };
  await grid.files.put(READS, reads, { signal: options.signal });
  const parts = grid.map(grid.files.inputs(READS), jsModule(textOf(split)), {
    ...shared,
    name: 'Align: split the reads',
    args: { parts: PARTS },
  });
  const { jobs } = grid.graph((g) => {
    const aligned = g.map('Align: reads to genome', filesOf(grid, parts), wasi(aligner), {
      ...shared,
      args: [REFERENCE],
      files: { [REFERENCE]: genome },
    });
    const task = jsModule(textOf(coverage));
    const merged: Single<Coverage> = g.submit(FACTS.title, task, [aligned], {
      ...shared,
      view: FACTS.view,
    });
    return { merged };
  });
  return jobs;
}

/** What the job wrote, once it is done: whoever submits need not wait for that. */
async function* filesOf(grid: GridApi, job: Job<unknown>): AsyncGenerator<FileInput> {
  await job;
  yield* grid.files.inputs(`/jobs/${job.id}/out/*`);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
