import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as sdk from '../src/index.ts';

// Every block of code in the documents runs, on a local grid. One that cannot says so in the line before it:
// <!-- not run: why -->

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const ROOT = join(import.meta.dirname, '../../..');

interface Block {
  readonly title: string;
  readonly language: string;
  readonly text: string;
  readonly reason: string | undefined;
}

const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md') && path !== 'docs/API.md');
const RUNS = ['ts', 'js', 'mjs'];

function blocksOf(page: string): Block[] {
  const blocks = readFileSync(join(ROOT, page), 'utf8').matchAll(
    /(?:<!-- not run: ([^>]+?) -->\n+)?^```([a-z]*)\n([\s\S]*?)^```/gm,
  );
  return [...blocks].map(({ 1: reason, 2: language = '', 3: text = '' }, i) => {
    return { title: `${page}, block ${i + 1}`, language, text, reason };
  });
}

const blocks = PAGES.flatMap(blocksOf).filter(({ language }) => RUNS.includes(language));
const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (...given: unknown[]) => Promise<void>;

/** What a reader has before a block begins. */
const GIVEN: Readonly<Record<string, unknown>> = {
  token: 'local',
  url: 'http://127.0.0.1:4600/',
  console: { log: () => {} },
  tiles: [0, 1],
  renderTile: (tile: number) => tile,
  mesh: new Uint8Array(100),
  signal: new AbortController().signal,
  bar: () => {},
  paste: () => {},
  report: () => {},
};

let grid: sdk.Grid;

beforeAll(async () => {
  grid = await sdk.Grid.local({ workers: 2 });
});

afterAll(() => grid.close());

/** `Grid.connect` gives the local grid, so that what stands there is what runs. */
function sourceOf({ text, language }: Block): string {
  const script = text
    .replace(/^import \{([^}]*)\} from 'manytabs';$/gm, 'const {$1} = sdk;')
    .replace(/^export default /gm, 'const task = ');
  const body = script.includes('const grid =') ? script : `const grid = given;\n${script}`;
  const code = `(async () => {\n${body}\n})()`;
  const { code: plain } = transformSync(code, {
    loader: language === 'ts' ? 'ts' : 'js',
    target: 'es2022',
  });
  return `return ${plain.trim().replace(/;$/, '')};`;
}

describe('the blocks of the documents', () => {
  test('[SU88] tiles with progress, unordered results, kept errors, retries and a stop are five lines', () => {
    const block = blocks.find(({ text }) => text.includes('paste(row)'));
    const lines = block?.text.split('\n').filter((line) => line.trim() !== '') ?? [];
    expect(lines.length).toBe(5);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('[SU85] there are some', () => {
    expect(blocks.filter(({ reason }) => reason === undefined).length).toBeGreaterThan(8);
  });

  test.each(blocks.filter(({ reason }) => reason === undefined))(
    '[SU85] $title runs',
    async (block) => {
      const Grid = Object.assign(Object.create(sdk.Grid), { connect: async () => grid });
      const names = Object.keys(GIVEN);
      const values = Object.values(GIVEN);
      const run = new AsyncFunction('sdk', 'given', 'range', ...names, sourceOf(block));
      const named = { ...sdk, Grid };
      const { range } = sourceOf(block).includes('} = sdk') ? { range: undefined } : sdk;
      await run(named, grid, range, ...values);
    },
  );

  test.each(blocks.filter(({ reason }) => reason !== undefined))(
    '[SU85] $title says why not',
    (block) => {
      expect(block.reason?.length).toBeGreaterThan(10);
    },
  );
});
