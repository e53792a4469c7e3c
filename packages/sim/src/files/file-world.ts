import { GridError, Prng } from '@manytabs/protocol';
import type { GridFiles } from 'manytabs';
import { Violation } from '../facts.ts';
import { after, isSame, type State, textOf } from './model.ts';
import { drawOperations, type Operation, type Put } from './operations.ts';
import { TabsAndStore } from './tabs-and-store.ts';

type Change = Exclude<Operation, { kind: 'crash' | 'churn' }>;

/** Random operations on a real grid in memory, and beside it what they mean. */
export class FileWorld {
  operations = 0;
  crashes = 0;
  departures = 0;
  readonly #subject = new TabsAndStore();
  readonly #list: readonly Operation[];
  readonly #print: ((row: string) => void) | undefined;
  #state: State = new Map();

  constructor(seed: number, print?: (row: string) => void) {
    this.#list = drawOperations(new Prng(seed, 'files'));
    this.#print = print;
  }

  async run(): Promise<void> {
    await this.#subject.start();
    for (const [step, operation] of this.#list.entries()) {
      this.#print?.(`${step} ${JSON.stringify(operation)}`);
      this.operations++;
      await this.#take(operation, step);
    }
    await this.#restart();
    this.#expect([this.#state], await this.#subject.state());
  }

  close(): Promise<void> {
    return this.#subject.close();
  }

  async #take(operation: Operation, step: number): Promise<void> {
    if (operation.kind === 'crash') return this.#subject.crashAfter(operation.after);
    if (operation.kind === 'churn') {
      this.departures++;
      await this.#subject.churn(step, operation.comesBack);
    }
    const possible = await this.#carryOut(operation, step);
    if (this.#subject.isDead) await this.#restart();
    const seen = await this.#subject.state();
    this.#expect(possible, seen);
    this.#state = seen;
  }

  async #restart(): Promise<void> {
    this.crashes++;
    await this.#subject.restart();
  }

  /** What may be there now: all of it or nothing; only what died in the middle leaves open which. */
  async #carryOut(operation: Operation, step: number): Promise<State[]> {
    if (operation.kind === 'churn' || operation.kind === 'crash') return [this.#state];
    if (operation.kind === 'race') return this.#race(operation.path);
    const content = contentOf(operation, step);
    const isDone = await this.#attempt(operation, content);
    const next = operation.kind === 'break' ? this.#state : after(this.#state, operation, content);
    if (this.#subject.isDead) return [this.#state, next];
    return [isDone ? next : this.#state];
  }

  async #attempt(operation: Change, content: string): Promise<boolean> {
    const files = await this.#subject.files();
    return this.#work(files, operation, content).then(
      () => true,
      () => false,
    );
  }

  async #work(files: GridFiles, operation: Change, content: string): Promise<void> {
    switch (operation.kind) {
      case 'put':
        await files.put(operation.path, content, operation.options);
        return;
      case 'overlap':
        return this.#putWhileRead(files, operation, content);
      case 'break':
        await files.put(operation.path, broken(), operation.options);
        return;
      case 'move':
        await files.move(operation.path, operation.to, { replace: true });
        return;
      case 'remove':
        await files.remove(operation.path, { recursive: true });
        return;
      default:
        return;
    }
  }

  /** Whoever reads meanwhile sees one version or the other, whole. */
  async #putWhileRead(files: GridFiles, { path, options }: Put, content: string): Promise<void> {
    let isOver = false;
    const reading = (async () => {
      while (!isOver && !this.#subject.isDead) {
        // The network is made of microtasks: without this nothing else would ever happen.
        await new Promise((resolve) => setImmediate(resolve));
        const seen = await files.get(path).catch(() => undefined);
        const text = seen && new TextDecoder().decode(seen);
        if (text === undefined || text === content || text === this.#state.get(path)) continue;
        throw new Violation(
          `FI17: ${path} was seen half there: ${text.slice(0, 12)}… of ${text.length}`,
        );
      }
    })();
    const put = files.put(path, content, options).finally(() => {
      isOver = true;
    });
    const [written, read] = await Promise.allSettled([put, reading]);
    if (read.status === 'rejected') this.#fail(read.reason);
    if (written.status === 'rejected') throw written.reason;
  }

  /** Of two writers of one version, one comes through; which, the state tells. */
  async #race(path: string): Promise<State[]> {
    const files = await this.#subject.files();
    const known = await files.stat(path).catch(() => undefined);
    if (known?.kind === 'folder') return [this.#state];
    const expected = known?.version ?? 0;
    const both = ['left', 'right'];
    const puts = both.map((text) => files.put(path, text, { expected }));
    const done = await Promise.allSettled(puts);
    const winners = both.filter((_, i) => done[i]?.status === 'fulfilled');
    if (winners.length > 1)
      this.#fail(new Violation(`FI17: Both wrote version ${expected} of ${path}.`));
    const won = (texts: readonly string[]) =>
      texts.map((text) => new Map(this.#state).set(path, text));
    // One that was refused for the death of the process may have come through nevertheless.
    if (this.#subject.isDead) return [this.#state, ...won(both)];
    return winners.length > 0 ? won(winners) : [this.#state];
  }

  #broken: Error | undefined;

  #fail(problem: Error): void {
    this.#broken ??= problem;
  }

  #expect(possible: readonly State[], seen: State): void {
    if (this.#broken) throw this.#broken;
    this.#print?.(`  ${textOf(seen)}`);
    if (possible.some((state) => isSame(state, seen))) return;
    throw new Violation(
      `FI17: There is ${textOf(seen)}; should be ${possible.map(textOf).join(' or ')}`,
    );
  }
}

function contentOf(operation: Change, step: number): string {
  const bytes = 'bytes' in operation ? operation.bytes : 0;
  return `${step} `.repeat(Math.ceil(bytes / 2)).slice(0, bytes);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(30_000);
  throw new GridError('aborted', 'The source broke off.');
}
