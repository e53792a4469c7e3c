// Builds what the samples are made of into samples/dist (or the folder named): the bunny's task as one ES module, its
// mesh, and the fractal's WASM module. Plain JavaScript, because Node 20 runs no TypeScript. Takes about two seconds.

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
    'fractal.wasm': await fractalModule(),
    'golomb-hunt.js': await bundle('golomb/hunt.ts'),
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
  const source = Buffer.from(await bundle('bunny/build-mesh.ts')).toString('base64');
  const { buildMesh } = await import(`data:text/javascript;base64,${source}`);
  return buildMesh();
}

async function fractalModule() {
  const source = await readFile(join(HERE, 'fractal/assembly/index.ts'), 'utf8');
  let bytes;
  const { error, stderr } = await asc.main(
    [
      ...['index.ts', '--outFile', 'fractal.wasm', '--runtime', 'stub', '--use', 'abort='],
      ...['--optimizeLevel', '3', '--initialMemory', '1', '--maximumMemory', '1'],
    ],
    {
      readFile: (name) => (name === 'index.ts' ? source : null),
      writeFile: (_, contents) => {
        bytes = contents;
      },
      listFiles: () => [],
    },
  );
  if (error)
    throw new Error(`The fractal does not compile: ${stderr.toString()}`, { cause: error });
  return bytes;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log((await buildSamples(process.argv[2])).join('\n'));
}
