// node samples/pictures.mjs: renders the samples here, prints their hashes, and makes their pictures anew.

import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildSamples } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = join(root, 'node_modules', '.cache', 'manytabs', 'pictures.mjs');

await buildSamples();
await build({
  entryPoints: [join(root, 'samples', 'pictures.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  plugins: [{ name: 'npm-packages-outside', setup: leaveOutside }],
  outfile,
});
const { makePictures } = await import(pathToFileURL(outfile).href);
await makePictures(root);

/** The packages of this repository are TypeScript, so they go into the bundle; npm's do not. */
function leaveOutside({ onResolve }) {
  onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
    const isOurs = path === 'manytabs' || path.startsWith('@manytabs/');
    return kind === 'entry-point' || isOurs ? undefined : { path, external: true };
  });
}
