import { LIMITS } from '@manytabs/protocol';

/** A list that comes in answers of bounded length, each after the last row of the one before. */
export async function allPages<Row>(
  ask: (after: string | undefined) => Promise<unknown>,
  idOf: (row: Row) => string,
): Promise<Row[]> {
  const all: Row[] = [];
  for (;;) {
    const last = all.at(-1);
    const page = (await ask(last && idOf(last))) as readonly Row[];
    for (const row of page) all.push(row);
    if (page.length < LIMITS.ROWS_PER_ANSWER_MAX) return all;
  }
}
