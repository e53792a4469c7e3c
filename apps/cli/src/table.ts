/** Columns as wide as their widest cell; numbers to the right. The last column is as long as it is. */
export function alignTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  const all = [head, ...rows].map((row) => row.map(clean));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumeric = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  return all.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        if (isNumeric[column]) return cell.padStart(width);
        return column === head.length - 1 ? cell : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Names come from strangers: nothing in them may move the cursor or colour the screen. */
export function clean(text: string | number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/** The same of a text of several lines, which stay lines, each behind an indent. */
export function cleanLines(text: string, indent = '  '): string {
  return text.split('\n').map(clean).join(`\n${indent}`);
}
