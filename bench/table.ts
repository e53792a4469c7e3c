import { type Row, shortfallOf, verdictOf } from './row.ts';

const HEAD = ['figure', 'measured', 'target', 'beside', 'ratio', ''];

/** Rows as aligned text; notes follow under the table, numbered. */
export function formatTable(rows: readonly Row[]): string {
  const notes: string[] = [];
  const cells = rows.map((row) => [...cellsOf(row), remark(row, notes)]);
  const lines = [HEAD, ...cells];
  const widths = HEAD.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const text = lines.map((line) => line.map((cell, i) => pad(cell, widths[i] ?? 0, i)).join('  '));
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [text[0], rule, ...text.slice(1), ...notes].map((line) => line?.trimEnd()).join('\n');
}

function cellsOf({ figure, value, unit, target, beside }: Row): string[] {
  const ratio = value === undefined || !beside ? '' : (value / beside.value).toFixed(2);
  return [
    figure,
    value === undefined ? '–' : `${amount(value)} ${unit}`,
    targetText(target),
    beside ? `${beside.name} ${amount(beside.value)}` : '',
    ratio,
  ];
}

function remark(row: Row, notes: string[]): string {
  const verdict = verdictOf(row);
  const text = verdict === 'short' ? `short by ${shortfallOf(row).toFixed(0)} %` : verdict;
  if (row.note === undefined) return text;
  notes.push(`[${notes.length + 1}] ${row.note}`);
  return `${text} [${notes.length}]`.trim();
}

function targetText(target: Row['target']): string {
  if (target === undefined) return '';
  return 'atLeast' in target ? `>= ${amount(target.atLeast)}` : `<= ${amount(target.atMost)}`;
}

export function amount(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

function pad(cell: string, width: number, column: number): string {
  return column === 1 || column === 4 ? cell.padStart(width) : cell.padEnd(width);
}
