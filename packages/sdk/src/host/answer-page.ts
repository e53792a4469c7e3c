import { LIMITS } from '@manytabs/protocol';

/** The rows of one answer: the first ones after the id that is named, by their ids. */
export function answerPage<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  after: string | undefined,
): Row[] {
  const rest = after === undefined ? [...rows] : rows.filter((row) => idOf(row) > after);
  return rest.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1)).slice(0, LIMITS.ROWS_PER_ANSWER_MAX);
}
