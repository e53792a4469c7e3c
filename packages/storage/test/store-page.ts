import { type Change, GridError, must } from '@manytabs/protocol';
import { IdbJournal, IdbKeyValue, IdbStore } from '../src/browser.ts';
import type { StoreCommand } from './remote-store.ts';

// Runs in the browser: a journal and a key-value space that the test in Node steers.

interface Opened {
  readonly store: IdbStore;
  readonly journal: IdbJournal;
  readonly keyValue: IdbKeyValue;
}

const watches = new Map<number, () => void>();
let opened: Opened | undefined;

declare global {
  interface Window {
    tellWatcher(id: number, change: Change | undefined): Promise<void>;
  }
}

export async function obeyStore(command: StoreCommand): Promise<unknown> {
  switch (command.act) {
    case 'open':
      return await open(command.name);
    case 'close':
      return await close();
    case 'watch':
      return await watch(command.id, command.prefix);
    case 'unwatch':
      return watches.get(command.id)?.();
    case 'journal':
      return await call(now().journal, command.method, command.args);
    case 'key-value':
      return await call(now().keyValue, command.method, command.args);
  }
}

async function open(name: string): Promise<void> {
  const store = await IdbStore.open(name);
  opened = { store, journal: new IdbJournal(store), keyValue: new IdbKeyValue(store) };
}

async function close(): Promise<void> {
  await opened?.keyValue.close();
  opened?.store.close();
}

async function watch(id: number, prefix: string): Promise<void> {
  const stop = await now().keyValue.watch(prefix, (change) => void window.tellWatcher(id, change));
  watches.set(id, stop);
}

function now(): Opened {
  return must(opened, 'the store is open');
}

async function call(target: object, method: string, args: unknown[]): Promise<unknown> {
  const work: unknown = Reflect.get(target, method);
  if (typeof work !== 'function') throw new GridError('internal', `${method} is no method.`);
  return await work.apply(target, args);
}
