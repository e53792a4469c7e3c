import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { sandboxPage } from '../../packages/runtime/vite.ts';

/** `vite --mode fixture` serves the pages over a fake donation; builds never take this road. */
function fixturePage(): Plugin {
  return {
    name: 'manytabs-fixture-page',
    apply: (_config, env) => env.command === 'serve' && env.mode === 'fixture',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        html
          .replace('./src/main.ts', './src/fixture/main.ts')
          .replace('./src/embed/main.ts', './src/fixture/embed.ts'),
    },
  };
}

const pageAt = (name: string) => join(import.meta.dirname, name);

export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses work at any path; the sandbox and the signalling server are found from the page's own address.
  base: './',
  plugins: [fixturePage(), sandboxPage()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: pageAt('index.html'),
        embed: pageAt('embed.html'),
        safety: pageAt('safety.html'),
      },
    },
  },
});
