import type { TaskResult } from 'manytabs';
import type { ReactNode } from 'react';
import { countText } from '../../model/duration.ts';
import { ndjsonLine } from '../../model/export.ts';
import { visible } from '../../model/value-text.ts';

const LINE_CHARS_MAX = 8_000;
const ALL_CHARS_MAX = 400_000;

/** Results whole, a line of JSON each, as a download has them; very long ones are cut here. */
export function ResultsRaw({ rows }: { readonly rows: readonly TaskResult<unknown>[] }): ReactNode {
  const lines: string[] = [];
  let chars = 0;
  for (const row of rows) {
    if (chars > ALL_CHARS_MAX) break;
    const line = lineOf(row);
    lines.push(line);
    chars += line.length;
  }
  const left = rows.length - lines.length;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className="results-raw mono" aria-label="Results as JSON" tabIndex={0}>
        {lines.join('\n')}
      </section>
      {left > 0 ? (
        <p className="quiet">{countText(left)} more of this page are only in a download.</p>
      ) : null}
    </>
  );
}

function lineOf(row: TaskResult<unknown>): string {
  const line = visible(ndjsonLine(row).trimEnd());
  if (line.length <= LINE_CHARS_MAX) return line;
  return `${line.slice(0, LINE_CHARS_MAX)}… (${countText(line.length - LINE_CHARS_MAX)} more)`;
}
