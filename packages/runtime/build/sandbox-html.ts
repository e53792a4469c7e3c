import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildLibm } from './libm.ts';

const FOLDER = fileURLToPath(new URL('../', import.meta.url));

async function bundle(
  folder: string,
  entry: string,
  define: Record<string, string>,
): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'src', entry)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    define,
  });
  const text = outputFiles[0]?.text.trim();
  if (!text) throw new Error(`nothing was built from ${entry}`);
  return text;
}

/** The policy of the sandbox page; a worker that starts from it inherits it. */
function policyOf(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}' blob: 'wasm-unsafe-eval'`,
    'worker-src blob:',
    "form-action 'none'",
    "base-uri 'none'",
    "webrtc 'block'",
  ].join('; ');
}

/** The script of a worker. Whoever is bundled elsewhere says where this workspace is. */
export async function buildWorker(folder = FOLDER): Promise<string> {
  const libm = Buffer.from(await buildLibm(folder)).toString('base64');
  return bundle(folder, 'worker/entry.ts', { LIBM: JSON.stringify(libm) });
}

/**
 * The whole sandbox page in one file: its policy, and one script with the worker inside it as text. The same sources
 * give the same bytes.
 */
export async function buildSandboxHtml(folder = FOLDER): Promise<string> {
  const worker = await buildWorker(folder);
  const boot = await bundle(folder, 'frame/boot.ts', { WORKER_SOURCE: JSON.stringify(worker) });
  if (/<\/script|<!--/i.test(boot)) throw new Error('the boot script would end its own element');
  return [
    '<!doctype html>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policyOf(boot)}">`,
    '<title>Manytabs sandbox</title>',
    `<script>${boot}</script>`,
    '',
  ].join('\n');
}
