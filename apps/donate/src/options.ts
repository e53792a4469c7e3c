import type { Fault } from 'manytabs/volunteer';

/** What the address may ask for, as in `#workers=2&road=websocket`. Nothing in it starts anything. */
export interface PageOptions {
  readonly workers: number | undefined;
  /** What one task may have, in MiB. */
  readonly memory: number | undefined;
  readonly token: string | undefined;
  readonly fault: Fault | undefined;
  readonly road: 'auto' | 'websocket' | 'turn' | undefined;
  readonly lang: string | undefined;
  /** The tab that hosts the grid, and the PeerServer that leads there. */
  readonly host: string | undefined;
  readonly signal: string | undefined;
  /** False: the token only lets this tab in. */
  readonly trusted: boolean | undefined;
  /** What was not understood, as sentences for the page. */
  readonly ignored: readonly string[];
}

/** `LIMITS.WORKERS_PER_VOLUNTEER_MAX`; written out because the page loads no protocol before Start. */
export const WORKERS_MAX = 128;

const FRAGMENT_CHARS_MAX = 2048;
const IGNORED_MAX = 4;

const READERS = {
  lang: {
    read: (text: string) => (/^[a-zA-Z-]{2,20}$/.test(text) ? text : undefined),
    wants: 'a language, as de or en-XA',
  },
  workers: {
    read: (text: string) => wholeNumber(text, 1, WORKERS_MAX),
    wants: `a whole number from 1 to ${WORKERS_MAX}`,
  },
  memory: {
    read: (text: string) => wholeNumber(text, 1, 2 ** 20),
    wants: 'a whole number of MiB',
  },
  token: {
    read: (text: string) => (/^[\w.~+/=-]{1,512}$/.test(text) ? text : undefined),
    wants: 'a token of this grid',
  },
  fault: { read: faultOf, wants: 'wrong, silent, corrupt-shards, slow:F or vanish:MS' },
  road: {
    read: (text: string) =>
      text === 'auto' || text === 'websocket' || text === 'turn' ? text : undefined,
    wants: 'auto, websocket or turn',
  },
  host: {
    read: (text: string) => (/^[a-z0-9][a-z0-9-]{0,62}$/.test(text) ? text : undefined),
    wants: 'the name of a tab that hosts a grid',
  },
  signal: {
    read: (text: string) => (/^https?:\/\/[^\s]{1,500}$/.test(text) ? text : undefined),
    wants: 'the address of a PeerServer',
  },
  trusted: {
    read: (text: string) => (text === 'yes' || text === 'no' ? text === 'yes' : undefined),
    wants: 'yes or no',
  },
};

export function readOptions(fragment: string): PageOptions {
  const options: Record<string, unknown> = {};
  const ignored: string[] = [];
  const pairs = new URLSearchParams(fragment.replace(/^#/, '').slice(0, FRAGMENT_CHARS_MAX));
  for (const [key, text] of pairs) {
    const value = Object.hasOwn(READERS, key) ? READERS[key as Key].read(text) : undefined;
    if (value === undefined) ignored.push(complaint(key));
    else options[key] = value;
  }
  const known = options as Partial<PageOptions>;
  const { workers, memory, token, fault, road, host, signal, trusted, lang } = known;
  const steering = { workers, memory, token, fault, road, host, signal, trusted, lang };
  return { ...steering, ignored: ignored.slice(0, IGNORED_MAX) };
}

type Key = keyof typeof READERS;

/** The text of a wrong value is not repeated: it may be a token. */
function complaint(key: string): string {
  if (!Object.hasOwn(READERS, key)) return `The address has an option this page does not know.`;
  return `The address's option “${key}” was ignored: it must be ${READERS[key as Key].wants}.`;
}

function faultOf(text: string): Fault | undefined {
  if (text === 'wrong' || text === 'silent' || text === 'corrupt-shards') return text;
  const [kind, amount, ...rest] = text.split(':');
  if (amount === undefined || rest.length > 0) return undefined;
  if (kind === 'slow') return measured('slow', wholeNumber(amount, 1, 1000));
  if (kind === 'vanish') return measured('vanish', wholeNumber(amount, 0, 3_600_000));
  return undefined;
}

function measured(kind: 'slow' | 'vanish', amount: number | undefined): Fault | undefined {
  return amount === undefined ? undefined : `${kind}:${amount}`;
}

function wholeNumber(text: string, least: number, most: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}
