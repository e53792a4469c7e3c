import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build as bundle, type Plugin } from 'esbuild';
import { build as buildPage } from 'vite';
import { copyPython } from '../packages/runtime/build/python.ts';
import { buildThreadWorker } from '../packages/runtime/build/thread-worker.ts';
import { filesBelow } from './files-below.ts';
import { buildSdkPackage } from './sdk-package.ts';

/** The pages, and where below dist/pages they are served. Each is built alone, so that none loads another's code. */
const PAGES = { donate: '', console: 'console' } as const;

/** The programs for Node, by the name of their bundle. */
const PROGRAMS = {
  manytabs: 'apps/cli/src/main.ts',
  demo: 'apps/cli/src/demo.ts',
  sim: 'packages/sim/src/main.ts',
  bench: 'bench/main.ts',
  fuzz: 'scripts/fuzz/main.ts',
} as const;

/**
 * Builds the samples, the pages (dist/pages) and the programs (dist/node). Both are made beside and moved in at the end,
 * so that a grid that is up never serves half a build; the stamp comes last, so that a failed build is repeated.
 */
export async function build(root: string, stamp: string): Promise<void> {
  const next = join(root, 'dist', `.next-${process.pid}`);
  try {
    await samples(root);
    await Promise.all([pages(root, join(next, 'pages')), programs(root, join(next, 'node'))]);
    await sdkPackage(root, next);
    for (const part of ['pages', 'node', 'sdk']) moveIn(join(next, part), join(root, 'dist', part));
    writeFileSync(join(root, 'dist', 'stamp'), stamp);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** The package, which pages may also import from the grid: `/sdk/manytabs.mjs`. */
async function sdkPackage(root: string, next: string): Promise<void> {
  const [outDir, pages] = [join(next, 'sdk'), join(next, 'pages')];
  await buildSdkPackage(root, { outDir, pages, plugins: [threadWorkerInside(root)] });
  await copy(join(outDir, 'package', 'browser'), join(pages, 'sdk'));
}

async function samples(root: string): Promise<void> {
  const program = pathToFileURL(join(root, 'samples', 'build.mjs')).href;
  const { buildSamples } = await import(program);
  await buildSamples();
}

async function pages(root: string, outDir: string): Promise<void> {
  for (const [app, place] of Object.entries(PAGES)) {
    const appRoot = join(root, 'apps', app);
    await buildPage({
      root: appRoot,
      configFile: join(appRoot, 'vite.config.ts'),
      logLevel: 'warn',
      build: {
        outDir: join(outDir, place),
        emptyOutDir: false,
        reportCompressedSize: false,
        chunkSizeWarningLimit: 1024,
      },
    });
  }
  await loader(root, join(outDir, 'sdk'));
  await copy(join(root, 'public'), outDir);
  await copyPython(outDir);
  await copy(join(root, 'samples', 'dist'), join(outDir, 'samples'));
}

/** The widget's loader: once under a name that stays, once under one that tells its version and content. */
async function loader(root: string, outDir: string): Promise<void> {
  const { outputFiles } = await bundle({
    absWorkingDir: root,
    entryPoints: ['packages/embed/src/script.ts'],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    write: false,
    logLevel: 'warning',
  });
  const code = Buffer.concat(outputFiles.map(({ contents }) => contents));
  const { version } = JSON.parse(readFileSync(join(root, 'packages/embed/package.json'), 'utf8'));
  const digest = (algorithm: string) => createHash(algorithm).update(code);
  const file = `manytabs-${version}-${digest('sha256').digest('hex').slice(0, 8)}.js`;
  const integrity = `sha384-${digest('sha384').digest('base64')}`;
  const published = { version, file: `/sdk/${file}`, integrity, bytes: code.length };
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(outDir, 'v1.js'), code);
  writeFileSync(join(outDir, file), code);
  writeFileSync(join(outDir, 'integrity.json'), `${JSON.stringify(published, null, 2)}\n`);
}

async function copy(from: string, to: string): Promise<void> {
  if (existsSync(from)) await cp(from, to, { recursive: true });
}

/** npm's packages stay outside: some are native, and all of them are installed beside the bundle. */
async function programs(root: string, outdir: string): Promise<void> {
  await bundle({
    absWorkingDir: root,
    entryPoints: PROGRAMS,
    outdir,
    outExtension: { '.js': '.mjs' },
    // Beside the programs, so that a file is as far from its bundle as the program says.
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    plugins: [threadWorkerInside(root), npmPackagesOutside],
    logLevel: 'warning',
  });
}

/** A thread's worker is a script of its own, carried as text. */
const threadWorkerInside = (root: string): Plugin => ({
  name: 'thread-worker-inside',
  setup({ onResolve, onLoad }) {
    const namespace = 'thread-worker';
    onResolve({ filter: /^virtual:manytabs-thread-worker$/ }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /.*/, namespace }, async () => ({
      contents: await buildThreadWorker(join(root, 'packages', 'runtime')),
      loader: 'text',
    }));
  },
});

const npmPackagesOutside: Plugin = {
  name: 'npm-packages-outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      const isOurs = /^(manytabs|@manytabs\/[^/]+)(\/|$)/.test(path);
      return kind === 'entry-point' || isOurs ? undefined : { path, external: true };
    });
  },
};

/** A page or a program that is open goes on finding its parts for so long after another build. */
const KEPT_MS = 3_600_000;

/**
 * Moves a build over the one before. Parts have their hash in their name, so those of both may stand side by side; they
 * come before what names them.
 */
function moveIn(from: string, to: string): void {
  const files = filesBelow(from).sort((a, b) => Number(isPart(b)) - Number(isPart(a)));
  for (const file of files) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    renameSync(join(from, file), join(to, file));
  }
  const isNew = new Set(files);
  for (const file of filesBelow(to).filter((name) => !isNew.has(name))) {
    const ageMs = Date.now() - statSync(join(to, file)).mtimeMs;
    if (isPinned(file)) continue;
    if (!isPart(file) || ageMs > KEPT_MS) rmSync(join(to, file), { force: true });
  }
}

/** Pages of others name these with their hash: they stay as long as dist does. */
function isPinned(file: string): boolean {
  return /(^|[\\/])sdk[\\/]manytabs-/.test(file);
}

function isPart(file: string): boolean {
  return /(^|[\\/])(part-|assets[\\/])/.test(file);
}
