import { MemoryBlobs, MemoryKeyValue } from '@manytabs/storage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CrashingKeyValue } from '../test/crashing-key-value.ts';
import { MemoryGrid } from '../test/memory-grid.ts';
import type { Grid } from './client/grid.ts';

/** FILES_SEEDS=1000 is the whole run. */
const SEEDS = Number(process.env.FILES_SEEDS ?? 60);

type State = ReadonlyMap<string, string>;

const names = fc.constantFrom('a', 'b', 'c');
const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const operations = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      path: paths,
      size: fc.constantFrom(3, 900, 3_000, 40_000),
      isFirst: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('move' as const), path: paths, to: paths }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), path: paths }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('race' as const), path: paths }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      after: fc.constantFrom(0, 0.5, 1, 1.5, 2, 2.5, 3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('churn' as const) }) },
);
type Operation = typeof operations extends fc.Arbitrary<infer T> ? T : never;

/** Outlives the coordinator that closes it. */
class KeptBlobs extends MemoryBlobs {
  override async close(): Promise<void> {}
}

/** A grid that dies and comes back on what it stored, with tabs that come and go. */
class Subject {
  readonly #keyValue = new MemoryKeyValue();
  readonly #stores = { blobs: new KeptBlobs() };
  #store = new CrashingKeyValue(this.#keyValue);
  #grid = new MemoryGrid({ ...this.#stores, keyValue: this.#store });
  #submitter: Promise<Grid> = this.#grid.submitter();

  async files() {
    return (await this.#submitter).files;
  }

  crashAfter(writes: number): void {
    this.#store.crashAfter(writes);
  }

  get isDead(): boolean {
    return this.#store.isDead;
  }

  async restart(): Promise<void> {
    await this.#grid.close();
    this.#store = new CrashingKeyValue(this.#keyValue);
    this.#grid = new MemoryGrid({ ...this.#stores, keyValue: this.#store });
    await this.#grid.host.recover();
    this.#submitter = this.#grid.submitter();
  }

  churn(): void {
    this.#grid.donate().stop();
    this.#grid.donate();
  }

  close(): Promise<void> {
    return this.#grid.close();
  }

  async state(): Promise<State> {
    const files = await this.files();
    const state = new Map<string, string>();
    for await (const { path, kind } of files.list('/', { recursive: true })) {
      if (kind === 'file') state.set(path, new TextDecoder().decode(await files.get(path)));
    }
    return state;
  }
}

/** What should be there after an operation that succeeded. */
function after(state: State, operation: Operation, content: string): State {
  const next = new Map(state);
  if (operation.kind === 'put') next.set(operation.path, content);
  if (operation.kind === 'remove' || operation.kind === 'move') {
    const { path } = operation;
    for (const name of state.keys()) {
      if (name !== path && !name.startsWith(`${path}/`)) continue;
      next.delete(name);
      if (operation.kind !== 'move') continue;
      next.set(operation.to + name.slice(path.length), state.get(name) ?? '');
    }
  }
  return next;
}

async function carryOut(subject: Subject, operation: Operation, content: string): Promise<boolean> {
  const files = await subject.files();
  const work = async () => {
    if (operation.kind === 'put') {
      await files.put(operation.path, content, operation.isFirst ? { expected: 0 } : {});
    }
    if (operation.kind === 'move')
      await files.move(operation.path, operation.to, { replace: true });
    if (operation.kind === 'remove') await files.remove(operation.path, { recursive: true });
  };
  return work().then(
    () => true,
    () => false,
  );
}

/** Of two writers of one version, one comes through; which, the state tells. */
async function race(subject: Subject, path: string, state: State): Promise<State[]> {
  const files = await subject.files();
  const known = await files.stat(path).catch(() => undefined);
  if (known?.kind === 'folder') return [state];
  const expected = known?.version ?? 0;
  const both = ['left', 'right'].map((text) => files.put(path, text, { expected }));
  const done = await Promise.allSettled(both);
  const winners = ['left', 'right'].filter((_, i) => done[i]?.status === 'fulfilled');
  expect(winners.length).toBeLessThanOrEqual(1);
  const won = winners.map((text) => new Map(state).set(path, text));
  // One that was refused for the death of the process may have come through nevertheless.
  const perhaps = ['left', 'right'].map((text) => new Map(state).set(path, text));
  return subject.isDead ? [state, ...perhaps] : won.length > 0 ? won : [state];
}

test('[FI17] no version is lost, mixed or half there, whatever dies in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operations, { minLength: 5, maxLength: 25 }), async (list) => {
      const subject = new Subject();
      let state: State = new Map();
      try {
        for (const [step, operation] of list.entries()) {
          if (operation.kind === 'crash') subject.crashAfter(operation.after);
          else if (operation.kind === 'churn') subject.churn();
          else {
            const content = `${step} `.repeat('size' in operation ? operation.size / 2 : 1);
            const possible =
              operation.kind === 'race'
                ? await race(subject, operation.path, state)
                : await possibleAfter(subject, operation, state, content);
            if (subject.isDead) await subject.restart();
            const seen = await subject.state();
            expect(possible.map(sorted)).toContainEqual(sorted(seen));
            state = seen;
          }
        }
        await subject.restart();
        expect(sorted(await subject.state())).toEqual(sorted(state));
      } finally {
        await subject.close();
      }
    }),
    { numRuns: SEEDS },
  );
}, 600_000);

/** All of it or nothing; only what died in the middle leaves open which. */
async function possibleAfter(
  subject: Subject,
  operation: Operation,
  state: State,
  content: string,
): Promise<State[]> {
  const isDone = await carryOut(subject, operation, content);
  const next = after(state, operation, content);
  if (subject.isDead) return [state, next];
  return [isDone ? next : state];
}

function sorted(state: State): [string, string][] {
  return [...state].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
