// Builds what the samples are made of into samples/dist (or the folder named): the bunny's task as one ES module, its
// mesh, the WASM modules of the fractal and the aligner, and the reads that are aligned. Plain JavaScript, because Node 20 runs no TypeScript. Takes about two seconds.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/**
 * Writes every asset of the samples into a folder and returns their names.
 * @param {string} [folder]
 * @returns {Promise<string[]>}
 */
export async function buildSamples(folder = join(HERE, 'dist')) {
  const assets = {
    'bunny-task.js': await bundle('bunny/task.ts'),
    'bunny.mesh': await bunnyMesh(),
    'bunny-tiles.ndjson': await bunnyTiles(),
    'fractal.wasm': await compiled('fractal/assembly/index.ts', ONE_PAGE),
    'golomb-hunt.js': await bundle('golomb/hunt.ts'),
    'align.wasm': await compiled('align/assembly/align.ts'),
    'align-split.js': await bundle('align/split.ts'),
    'align-coverage.js': await bundle('align/coverage.ts'),
    'photos-task.js': await bundle('photos/task.ts'),
    'lambda.fa': await readFile(join(HERE, 'align/lambda.fa')),
    'reads.fq': await reads(),
    'sweep.py': await readFile(join(HERE, 'epidemic/sweep.py')),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(assets)) await writeFile(join(folder, name), bytes);
  return Object.keys(assets);
}

/** One ES module that imports nothing. */
async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [join(HERE, entry)],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0].contents;
}

async function bunnyMesh() {
  const { buildMesh } = await imported('bunny/build-mesh.ts');
  return buildMesh();
}

/** Of the full picture, for the command line. */
async function bunnyTiles() {
  const { tilesOf } = await imported('bunny/tiles.ts');
  const tiles = tilesOf({ width: 640, height: 480 });
  return tiles.map((tile) => `${JSON.stringify(tile)}\n`).join('');
}

async function reads() {
  const { buildReads } = await imported('align/build-reads.ts');
  return buildReads(await readFile(join(HERE, 'align/lambda.fa'), 'utf8'));
}

async function imported(entry) {
  const source = Buffer.from(await bundle(entry)).toString('base64');
  return import(`data:text/javascript;base64,${source}`);
}

const ONE_PAGE = ['--initialMemory', '1', '--maximumMemory', '1'];

/** A WASM module of AssemblyScript. */
async function compiled(entry, more = []) {
  const source = await readFile(join(HERE, entry), 'utf8');
  let bytes;
  const { error, stderr } = await asc.main(
    [
      ...['index.ts', '--outFile', 'module.wasm', '--runtime', 'stub', '--use', 'abort='],
      ...['--optimizeLevel', '3', ...more],
    ],
    {
      readFile: (name) => (name === 'index.ts' ? source : null),
      writeFile: (_, contents) => {
        bytes = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${entry} does not compile: ${stderr.toString()}`, { cause: error });
  return bytes;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log((await buildSamples(process.argv[2])).join('\n'));
}
