// The one door of the repository: `node scripts/run.mjs start|test|demo|bench|sim|fuzz|screenshots|build [ARGS]` works on a fresh
// clone with nothing but Node and npm. Plain JavaScript without dependencies, because it runs before anything is installed;
// everything behind it is TypeScript.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const DIST = join(ROOT, 'dist');
const CACHE = join(ROOT, 'node_modules', '.cache', 'manytabs');
const SOURCES = [
  'apps',
  'packages',
  'samples',
  'public',
  'bench',
  'scripts/fuzz',
  'vite.config.ts',
  'package-lock.json',
];
const NOT_SOURCES = new Set(['node_modules', 'dist', 'results']);

/** Runs `npm ci` unless what is installed is what package-lock.json asks for. */
export function ensureInstalled() {
  if (isInstalled()) return;
  process.stderr.write('Installing the packages (npm ci)…\n');
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const { status } = spawnSync(
    command,
    [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: ROOT,
      // The caller's stdout is data.
      stdio: ['ignore', 2, 2],
      shell: command === 'npm' && process.platform === 'win32',
    },
  );
  if (status !== 0) fail('npm ci failed; see above. Is the package registry reachable?');
}

/** npm keeps the lock of what it installed in node_modules; versions are compared, not times. */
function isInstalled() {
  const installed = readLock(join(ROOT, 'node_modules', '.package-lock.json'));
  const wanted = readLock(join(ROOT, 'package-lock.json'));
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    if (!found) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version;
  });
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Builds unless dist was built from the sources as they are; throws where they do not build. */
export async function ensureBuilt() {
  const stamp = sourceStamp();
  if (builtStamp() === stamp) return;
  process.stderr.write('Building…\n');
  const { build } = await tasks();
  await build(ROOT, stamp);
}

function builtStamp() {
  const path = join(DIST, 'stamp');
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Names, sizes and times of all sources: cheap, and a checkout of other sources changes it. */
export function sourceStamp() {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    stampPath(hash, join(ROOT, source));
  }
  return hash.digest('hex');
}

function stampPath(hash, path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    const children = readdirSync(path).filter((child) => !NOT_SOURCES.has(child));
    for (const child of children.sort()) stampPath(hash, join(path, child));
  } else if (stat && !/\.test(-d)?\.tsx?$/.test(path)) {
    hash.update(`${path.slice(ROOT.length)} ${stat.size} ${stat.mtimeMs}\n`);
  }
}

/** The rest of the scripts: TypeScript, which this Node does not run by itself. */
let loading;
function tasks() {
  loading ??= loadTasks();
  return loading;
}

async function loadTasks() {
  const { build } = await import('esbuild');
  mkdirSync(CACHE, { recursive: true });
  const outfile = join(CACHE, `tasks-${process.pid}.mjs`);
  await build({
    entryPoints: [join(ROOT, 'scripts', 'tasks.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: Object.fromEntries(['protocol', 'browser'].map(sourceOf)),
    logLevel: 'error',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** Our packages are used from source, which `packages: 'external'` would leave to Node. */
function sourceOf(name) {
  return [`@manytabs/${name}`, join(ROOT, 'packages', name, 'src', 'index.ts')];
}

/** Ends the process. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

async function main([name, ...args]) {
  const names = ['start', 'test', 'demo', 'bench', 'sim', 'fuzz', 'screenshots', 'build'];
  if (!names.includes(name ?? '')) fail(`usage: node scripts/run.mjs ${names.join('|')} [ARGS]`);
  ensureInstalled();
  if (name !== 'test') await ensureBuilt().catch(({ message }) => fail(message));
  const { run } = await tasks();
  process.exitCode = await run(ROOT, name, args);
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  // Not awaited: the tasks import this module again, and would wait for its end.
  main(process.argv.slice(2)).catch(({ stack }) => fail(stack));
}
