import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { build as bundle, type Plugin } from 'esbuild';
import { filesBelow } from './files-below.ts';

const run = promisify(execFile);

/** Our workspaces whose types the package's own refer to. */
const WORKSPACES = ['sdk', 'protocol', 'kernel', 'runtime', 'storage', 'transport'] as const;

/**
 * The package `manytabs` as npm would have it, in `outDir/package` and packed beside it: for Node, for pages and bundlers,
 * with its types. `pages` holds the sandbox page that a local grid in a page opens.
 */
export async function buildSdkPackage(
  root: string,
  options: { readonly outDir: string; readonly pages: string; readonly plugins: Plugin[] },
): Promise<void> {
  const folder = join(options.outDir, 'package');
  mkdirSync(folder, { recursive: true });
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await Promise.all([
    forNode(root, join(folder, 'node'), options.plugins),
    forPages(root, join(folder, 'browser')),
    types(root, join(folder, 'types')),
  ]);
  cpSync(join(options.pages, 'sandbox.html'), join(folder, 'browser', 'sandbox.html'));
  for (const file of ['LICENSE', 'NOTICE']) cpSync(join(root, file), join(folder, file));
  const versionOf = (name: string): string =>
    JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
  const dependencies = { acorn: versionOf('acorn'), zod: versionOf('zod') };
  writeFileSync(join(folder, 'package.json'), manifest({ version, license, dependencies }));
  writeFileSync(join(folder, 'README.md'), readme());
  await run('npm', ['pack', folder, '--pack-destination', options.outDir, '--silent'], {
    cwd: options.outDir,
    shell: process.platform === 'win32',
  });
}

async function forNode(root: string, outdir: string, plugins: Plugin[]): Promise<void> {
  await bundle({
    absWorkingDir: root,
    entryPoints: { manytabs: 'packages/sdk/src/index.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    plugins,
    // What was written for require finds it.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'warning',
  });
}

/** Loadable by address alone: everything is inside, and nothing of Node. */
async function forPages(root: string, outdir: string): Promise<void> {
  await bundle({
    absWorkingDir: root,
    entryPoints: { manytabs: 'packages/sdk/src/index.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    plugins: [nothingOfNode],
    logLevel: 'warning',
  });
}

const nothingOfNode: Plugin = {
  name: 'nothing-of-node',
  setup({ onResolve, onLoad }) {
    const namespace = 'of-node';
    const filter = /^(node:.*|@manytabs\/(transport\/node-socket|runtime\/node))$/;
    onResolve({ filter }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /.*/, namespace }, () => ({ contents: 'export default undefined;' }));
  },
};

/** Declarations of all that is reached, each where its source is; imports by package become paths. */
async function types(root: string, outDir: string): Promise<void> {
  const config = join(outDir, 'tsconfig.json');
  mkdirSync(outDir, { recursive: true });
  const given = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: join(root, 'packages'),
      outDir,
      // Found as sources: what is found in node_modules is not emitted.
      paths: Object.fromEntries(WORKSPACES.flatMap((name) => pathsOf(root, name))),
    },
    include: [],
    files: [
      join(root, 'packages/sdk/src/index.ts'),
      join(root, 'packages/runtime/src/node/virtual.d.ts'),
    ],
  };
  writeFileSync(config, JSON.stringify(given));
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config]);
  rmSync(config);
  const index = join(outDir, 'sdk/src/index.d.ts');
  const lib = '/// <reference lib="esnext.disposable" />\n';
  writeFileSync(index, lib + readFileSync(index, 'utf8'));
  for (const file of filesBelow(outDir).filter((name) => name.endsWith('.d.ts'))) {
    const path = join(outDir, file);
    writeFileSync(path, withPaths(root, outDir, path, readFileSync(path, 'utf8')));
  }
}

function pathsOf(root: string, name: string): [string, string[]][] {
  const folder = join(root, 'packages', name);
  const { name: full, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.entries<string>(exports).map(([key, path]) => {
    return [`${full}${key.slice(1)}`, [join(folder, path)]];
  });
}

function withPaths(root: string, outDir: string, path: string, text: string): string {
  return text
    .replace(/(['"])(\.{1,2}\/[^'"]*)\.ts\1/g, '$1$2.js$1')
    .replace(/(['"])@manytabs\/([a-z]+)(\/[a-z-]+)?\1/g, (whole, quote, name, sub = '') => {
      if (!WORKSPACES.includes(name)) return whole;
      const { exports } = JSON.parse(
        readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'),
      );
      const source = String(exports[`.${sub}`]).replace(/\.ts$/, '.js');
      const to = relative(dirname(path), join(outDir, name, source)).replaceAll('\\', '/');
      return `${quote}${to.startsWith('.') ? to : `./${to}`}${quote}`;
    });
}

function manifest({
  version,
  license,
  dependencies,
}: {
  readonly version: string;
  readonly license: string;
  readonly dependencies: Record<string, string>;
}): string {
  const types = './types/sdk/src/index.d.ts';
  const page = { types, default: './browser/manytabs.mjs' };
  const content = {
    name: 'manytabs',
    version,
    license,
    description: 'One computer made of many browser tabs: submit jobs, read results.',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19' },
    exports: {
      '.': { browser: page, node: { types, default: './node/manytabs.mjs' }, default: page },
      './sandbox.html': './browser/sandbox.html',
      './package.json': './package.json',
    },
    types,
    // Of its types alone; the code has everything inside.
    dependencies,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function readme(): string {
  return [
    '# manytabs',
    '',
    'One computer made of many browser tabs. `Grid.connect(url, { token })`, or `Grid.local()` without a server.',
    'In a page, `Grid.local()` wants `sandbox.html` of this package to be served: `Grid.local({ sandbox: url })`.',
    '',
  ].join('\n');
}
