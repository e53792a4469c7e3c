import {
  checkPattern,
  type FileEntry,
  type FileList,
  LIMITS,
  nameMatcher,
  namesOf,
} from '@manytabs/protocol';
import type { FolderRecord } from './file-record.ts';
import { folderOf, type Named, type NameTree, nameOf } from './name-tree.ts';

/** Names looked at for one answer; a pattern that matches few goes on with the next. */
const LOOKS_MAX = 20_000;

interface Query {
  readonly path: string;
  readonly recursive: boolean;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
  readonly folders?: boolean | undefined;
}

/** Lists a folder, everything below it, or what a pattern matches, page by page and never more than a page in memory. */
export async function listNames(tree: NameTree, query: Query): Promise<FileList> {
  const { names, isPattern } = checkPattern(query.path);
  const fixed = isPattern ? names.slice(0, names.findIndex(isGlob)) : names;
  const base = await tree.get(`/${fixed.join('/')}`);
  const page = new Page(query.limit ?? LIMITS.FILE_LIST_MAX, query.folders === true);
  if (base.record.kind === 'file') {
    if (!isPattern && query.after === undefined) page.add(base);
    return page.result();
  }
  const pattern = isPattern ? names.slice(fixed.length) : query.recursive ? ['**', '*'] : ['*'];
  const after = query.after === undefined ? [] : namesOf(query.after).slice(fixed.length);
  const matchers = pattern.map((part) => (part === '**' ? () => true : nameMatcher(part)));
  await walk(tree, folderOf(base), { states: close([0], pattern), pattern, matchers, after, page });
  return page.result();
}

class Page {
  readonly entries: FileEntry[] = [];
  readonly #limit: number;
  readonly #isOfFolders: boolean;
  #looks = 0;
  #last: string | undefined;
  #isFull = false;

  constructor(limit: number, isOfFolders: boolean) {
    this.#limit = limit;
    this.#isOfFolders = isOfFolders;
  }

  add(entry: Named): void {
    if (!this.#isOfFolders || entry.record.kind === 'folder') this.entries.push(entryOf(entry));
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  look(entry: Named): void {
    this.#last = entry.path;
    this.#looks++;
  }

  /** Before the next entry is looked at. */
  hasRoom(): boolean {
    this.#isFull = this.entries.length >= this.#limit || this.#looks >= LOOKS_MAX;
    return !this.#isFull;
  }

  result(): FileList {
    return this.#isFull ? { entries: this.entries, next: this.#last } : { entries: this.entries };
  }
}

interface Walk {
  /** Places in the pattern where the names so far may stand. */
  readonly states: readonly number[];
  readonly pattern: readonly string[];
  readonly matchers: readonly ((name: string) => boolean)[];
  /** Names of the entry to go on after, below this folder. */
  readonly after: readonly string[];
  readonly page: Page;
}

async function walk(tree: NameTree, folder: Named<FolderRecord>, at: Walk): Promise<void> {
  const [first, ...rest] = at.after;
  if (first !== undefined) {
    // The folder the last page ended in comes before what follows it.
    const resumed = await tree.child(folder, first);
    if (resumed?.record.kind === 'folder') await descend(tree, resumed, { ...at, after: rest });
  }
  let after = first;
  while (!at.page.isFull) {
    const children = await tree.children(folder, after);
    if (children.length === 0) return;
    for (const child of children) {
      if (!at.page.hasRoom()) return;
      await visit(tree, child, at);
      if (at.page.isFull) return;
      after = nameOf(child);
    }
  }
}

async function visit(tree: NameTree, child: Named, at: Walk): Promise<void> {
  at.page.look(child);
  const next = advance(at, nameOf(child));
  if (next.includes(at.pattern.length)) at.page.add(child);
  if (child.record.kind === 'folder') await descend(tree, child, { ...at, after: [] });
}

async function descend(tree: NameTree, child: Named, at: Walk): Promise<void> {
  const states = advance(at, nameOf(child)).filter((state) => state < at.pattern.length);
  if (states.length > 0) await walk(tree, folderOf(child), { ...at, states });
}

function advance({ states, pattern, matchers }: Walk, name: string): number[] {
  const next = states.flatMap((state) => {
    if (pattern[state] === '**') return [state];
    return matchers[state]?.(name) ? [state + 1] : [];
  });
  return close(next, pattern);
}

/** `**` may also stand for no folder at all. */
function close(states: readonly number[], pattern: readonly string[]): number[] {
  const all = new Set<number>();
  for (const state of states) {
    for (let i = state; i <= pattern.length; i++) {
      all.add(i);
      if (pattern[i] !== '**') break;
    }
  }
  return [...all];
}

function isGlob(name: string): boolean {
  return /[*?{}[\]]/.test(name);
}

export function entryOf({ path, record, version }: Named): FileEntry {
  const shared = { path, version, owner: record.owner, modifiedAt: record.at };
  if (record.kind === 'folder') {
    return { ...shared, kind: 'folder', bytes: 0, contentType: '', durability: 'durable' };
  }
  const { bytes, contentType, durability } = record;
  return { ...shared, kind: 'file', bytes, contentType, durability };
}
