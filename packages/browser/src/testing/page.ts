import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Served } from './serve.ts';

/** One browser script from a TypeScript entry, for `<script src>`. */
export async function bundleScript(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
}

export function scriptPage(src: string): string {
  return `<!doctype html><meta charset="utf-8"><title>test</title><body><script type="module" src="${src}"></script>`;
}

/** A page at `/` that runs a TypeScript module, and its script. */
export async function pageOf(
  module: URL,
): Promise<{ readonly '/': Served; readonly '/page.js': Served }> {
  return {
    '/': { type: 'text/html', body: scriptPage('/page.js') },
    '/page.js': { type: 'text/javascript', body: await bundleScript(fileURLToPath(module)) },
  };
}
