import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GridError } from '@manytabs/protocol';
import { EXIT } from '../exit-code.ts';
import { toJsonLine } from '../json-value.ts';
import type { Terminal } from '../terminal.ts';
import { PROJECT_FILES } from './project-files.ts';

const PACKAGES = ['../sdk', '../../../../dist/sdk'] as const;

/** `manytabs init [FOLDER]`: a project that computes here at once, and on a grid when there is one. */
export async function init(
  terminal: Terminal,
  folder: string | undefined,
  options: { readonly json?: boolean } = {},
) {
  const path = resolve(terminal.folder, folder ?? '.');
  if (existsSync(path) && readdirSync(path).length > 0) {
    throw new GridError('usage', `${folder ?? 'This folder'} is not empty: name a new one.`);
  }
  const files = new Map(Object.entries(PROJECT_FILES));
  const tarball = findPackage();
  files.set('package.json', manifest(basename(path), tarball));
  for (const [name, text] of files) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  copyIn(tarball, path);
  if (options.json) terminal.out(toJsonLine({ folder: path, files: [...files.keys()] }));
  else for (const name of files.keys()) terminal.out(name);
  terminal.err(`Next: cd ${folder ?? '.'} && npm install && npm run local`);
  return EXIT.done;
}

/** Manytabs is not in the registry of npm: a project carries the package that came with the command. */
function findPackage(): string {
  for (const place of PACKAGES) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (!existsSync(path)) continue;
    const [found] = readdirSync(path).filter((name) => /^manytabs-.*\.tgz$/.test(name));
    if (found) return join(path, found);
  }
  throw new GridError('file-missing', 'The package manytabs was not built: run npm start once.');
}

function copyIn(tarball: string, path: string): void {
  mkdirSync(join(path, 'vendor'), { recursive: true });
  copyFileSync(tarball, join(path, 'vendor', basename(tarball)));
}

function manifest(name: string, tarball: string): string {
  const content = {
    name:
      name
        .toLowerCase()
        .replace(/[^a-z0-9-]+/g, '-')
        .replace(/^-+|-+$/g, '') || 'job',
    version: '0.0.0',
    private: true,
    type: 'module',
    scripts: { local: 'node run.mjs --local', grid: 'node run.mjs' },
    dependencies: { manytabs: `file:vendor/${basename(tarball)}` },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
