import { type GridError, toGridError } from '@manytabs/protocol';
import { type AuditEntry, ChainCheck } from 'manytabs';

export interface AuditSnapshot {
  /** The newest, oldest first. */
  readonly entries: readonly AuditEntry[];
  readonly count: number;
  readonly head: string;
  /** Where the chain of hashes breaks. */
  readonly wrong: readonly string[];
  readonly done: boolean;
  readonly error: GridError | undefined;
}

/** Entries kept for looking at; all are checked. */
export const AUDIT_KEPT_MAX = 20_000;
const WRONG_MAX = 20;
const TELL_EVERY = 500;

/** Reads the whole log, checks its chain, and tells how far it is. */
export async function readAudit(
  audit: () => AsyncIterable<AuditEntry>,
  tell: (snapshot: AuditSnapshot) => void,
  signal: AbortSignal,
): Promise<void> {
  const check = new ChainCheck();
  let entries: AuditEntry[] = [];
  const wrong: string[] = [];
  const snapshot = (done: boolean, error?: GridError): AuditSnapshot => {
    const { count, head } = check;
    return { entries: [...entries], count, head, wrong: [...wrong], done, error };
  };
  try {
    for await (const entry of audit()) {
      if (signal.aborted) return;
      const found = check.take(entry);
      if (found && wrong.length < WRONG_MAX) wrong.push(found);
      entries.push(entry);
      if (entries.length > 2 * AUDIT_KEPT_MAX) entries = entries.slice(-AUDIT_KEPT_MAX);
      if (entries.length % TELL_EVERY === 0) tell(snapshot(false));
    }
    if (!signal.aborted) tell(snapshot(true));
  } catch (thrown) {
    if (!signal.aborted) tell(snapshot(false, toGridError(thrown, 'connection-lost')));
  }
}

/** Newest first; every word must be in the actor, action, subject or note. */
export function findEntries(entries: readonly AuditEntry[], text: string): readonly AuditEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries
    .filter(({ actor, action, subject, note }) => {
      const all = `${actor} ${action} ${subject} ${note}`.toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .reverse();
}
