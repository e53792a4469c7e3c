// node samples/pictures.mjs [ID …]: renders samples here, prints their hashes, and makes their pictures anew. Samples of
// several jobs run on a local grid of the SDK that `npm run build` made.

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
await makePictures(root, process.argv.slice(2));

/** The packages of this repository are TypeScript, so they go into the bundle; npm's do not, nor does the built SDK. */
function leaveOutside({ onResolve }) {
  const sdk = pathToFileURL(join(root, 'dist', 'sdk', 'package', 'node', 'manytabs.mjs')).href;
  onResolve({ filter: /^manytabs$/ }, () => ({ path: sdk, external: true }));
  onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
    const isOurs = path.startsWith('@manytabs/');
    return kind === 'entry-point' || isOurs ? undefined : { path, external: true };
  });
}
