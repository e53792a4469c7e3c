const KEY = 'manytabs-single-keys';

export type Shortcut =
  | 'jobs'
  | 'nodes'
  | 'files'
  | 'os'
  | 'tokens'
  | 'audit'
  | 'new'
  | 'keys'
  | 'palette'
  | 'filter'
  | 'next'
  | 'previous';

export const SHORTCUTS: readonly (readonly [keys: string, shortcut: Shortcut, does: string])[] = [
  ['Ctrl+K', 'palette', 'Go to anything'],
  ['g j', 'jobs', 'Go to the jobs'],
  ['g n', 'nodes', 'Go to the nodes'],
  ['g f', 'files', 'Go to the files'],
  ['g o', 'os', 'Go to the overview'],
  ['g t', 'tokens', 'Go to the tokens'],
  ['g a', 'audit', 'Go to the audit log'],
  ['n', 'new', 'New job'],
  ['/', 'filter', 'Query the list'],
  ['j', 'next', 'Next job in the list'],
  ['k', 'previous', 'Previous job in the list'],
  ['?', 'keys', 'This sheet'],
];

export function singleKeysOn(): boolean {
  return localStorage.getItem(KEY) !== 'off';
}

export function setSingleKeys(on: boolean): void {
  localStorage.setItem(KEY, on ? 'on' : 'off');
}

/** Turns key presses into shortcuts; `g` waits for a second key. */
export class ShortcutReader {
  #prefix = '';

  /** The shortcut this key completes, if it completes one. */
  press(key: string): Shortcut | undefined {
    const typed = this.#prefix === '' ? key : `${this.#prefix} ${key}`;
    const found = SHORTCUTS.find(([keys]) => keys === typed);
    const begins = SHORTCUTS.some(([keys]) => keys.startsWith(`${typed} `));
    this.#prefix = begins ? typed : '';
    return found?.[1];
  }
}
