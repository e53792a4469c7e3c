import type { Entry, KeyValue } from '@manytabs/protocol';

const PAGE = 1_000;

/** Every entry whose key begins with the prefix, in order. */
export async function listAll(keyValue: KeyValue, prefix: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const page = await keyValue.list(prefix, { after: entries.at(-1)?.key, limit: PAGE });
    entries.push(...page);
    if (page.length < PAGE) return entries;
  }
}
