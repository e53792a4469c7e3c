import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A name that the test's browser maps to this machine; over plain http it is no secure context, as on a LAN. */
export const LAN_NAME = 'grid.test';

const COMMAND = fileURLToPath(new URL('../dist/node/manytabs.mjs', import.meta.url));
const READY_MS = 20_000;

export interface Ready {
  readonly url: string;
  readonly console: string;
  readonly volunteer: string;
  readonly token: string;
  readonly pid: number;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as NDJSON. */
  readonly rows: readonly Record<string, unknown>[];
}

/** `manytabs up` as a process of its own in a folder of its own, and commands that run in that folder. */
export class GridProcess {
  readonly folder: string;
  readonly ready: Ready;
  #child: ChildProcess;
  readonly #args: readonly string[];
  readonly #commands: RunningCommand[] = [];

  private constructor(folder: string, args: readonly string[], child: ChildProcess, ready: Ready) {
    this.folder = folder;
    this.#args = args;
    this.#child = child;
    this.ready = ready;
  }

  static async start(args: readonly string[] = []): Promise<GridProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'manytabs-e2e-'));
    const child = command(folder, [
      'up',
      '--port',
      '0',
      '--json',
      '--allow-host',
      LAN_NAME,
      ...args,
    ]);
    const ready = JSON.parse(await firstLine(child)) as Ready;
    return new GridProcess(folder, args, child, ready);
  }

  /** Ends the coordinator without a word, as a power cut does to it, and starts it again on its own data. */
  async crashAndRestart(): Promise<void> {
    await this.crash();
    await this.restart();
  }

  /** As an operator does it: SIGTERM, and up again once it has ended by itself. */
  async endAndRestart(): Promise<void> {
    const gone = new Promise<number | null>((done) => this.#child.once('exit', done));
    this.#child.kill('SIGTERM');
    const code = await gone;
    if (code !== 0) throw new TypeError(`The grid ended with ${code} on SIGTERM.`);
    await this.restart(this.#args);
  }

  async crash(): Promise<void> {
    const gone = new Promise<void>((done) => this.#child.once('exit', () => done()));
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** Neither dead nor alive: it does nothing, and does not know it. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Goes on where it was, and gives the code that it ends with and what it says. */
  thaw(): Promise<{ code: number | null; said: string }> {
    let said = '';
    this.#child.stderr?.on('data', (text) => {
      said += text;
    });
    const ended = new Promise<{ code: number | null; said: string }>((done) => {
      this.#child.once('exit', (code) => done({ code, said }));
    });
    this.#child.kill('SIGCONT');
    return ended;
  }

  /** Where it was, with the arguments it had or others. */
  async restart(args: readonly string[] = this.#args): Promise<void> {
    const { port } = new URL(this.ready.url);
    this.#child = command(this.folder, [
      'up',
      '--port',
      port,
      '--json',
      '--allow-host',
      LAN_NAME,
      ...args,
    ]);
    await firstLine(this.#child);
  }

  /** A file in the grid's folder; the path is what commands take. */
  file(name: string, content: string | Uint8Array): string {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true });
    writeFileSync(join(this.folder, name), content);
    return name;
  }

  /** Starts a command; the caller reads its output and ends it. */
  spawn(...args: string[]): RunningCommand {
    const started = new RunningCommand(command(this.folder, args));
    this.#commands.push(started);
    return started;
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<Ran> {
    return this.spawn(...args).ended;
  }

  /** The same address under the name that makes no secure context. */
  get lanUrl(): string {
    const url = new URL(this.ready.url);
    url.hostname = LAN_NAME;
    return url.href;
  }

  /** Ends what still runs, then the grid as Ctrl-C does; resolves with its exit code. */
  async stop(): Promise<number | null> {
    for (const started of this.#commands) started.kill();
    const ended = new Promise<number | null>((done) => this.#child.once('exit', done));
    const isUp = this.#child.exitCode === null && this.#child.signalCode === null;
    if (isUp) this.#child.kill('SIGINT');
    const code = isUp ? await ended : this.#child.exitCode;
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }
}

/** A command that runs: its output so far, and how it ended. */
export class RunningCommand {
  readonly ended: Promise<Ran>;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();
  #stdout = '';
  #stderr = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text;
      for (const listener of this.#listeners) listener();
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
    });
    this.ended = new Promise((done) => {
      child.once('close', (code) => {
        done({ code: code ?? 1, stdout: this.#stdout, stderr: this.#stderr, rows: this.rows });
      });
    });
  }

  get rows(): readonly Record<string, unknown>[] {
    const lines = this.#stdout.split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  }

  /** Resolves once so many rows were written; rejects if the command ends before. */
  async wrote(count: number): Promise<void> {
    await Promise.race([
      new Promise<void>((done) => {
        const look = () => {
          if (this.rows.length >= count) done();
        };
        this.#listeners.add(look);
        look();
      }),
      this.ended.then(({ code, stderr }) => {
        if (this.rows.length < count) throw new TypeError(`It ended with ${code}: ${stderr}`);
      }),
    ]);
  }

  /** A command that has ended does not mind. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }
}

function command(folder: string, args: readonly string[]): ChildProcess {
  const { MANYTABS_URL: _, MANYTABS_TOKEN: __, MANYTABS_DATABASE: ___, ...env } = process.env;
  return spawn(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    const give = (why: string) => reject(new TypeError(`The grid ${why}: ${stderr}`));
    const timer = setTimeout(() => {
      child.kill();
      give('is not up in time');
    }, READY_MS);
    child.stderr?.on('data', (text) => {
      stderr += text;
    });
    child.once('exit', (code) => give(`ended with ${code}`));
    child.stdout?.on('data', (text) => {
      stdout += text;
      if (!stdout.includes('\n')) return;
      clearTimeout(timer);
      resolve(stdout.slice(0, stdout.indexOf('\n')));
    });
  });
}
