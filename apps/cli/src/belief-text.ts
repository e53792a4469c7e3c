import type { Belief, QuarantineView } from '@manytabs/protocol';
import { alignTable } from './table.ts';

/** Why the result of a task is believed, line by line. */
export function beliefLines(belief: Belief): string[] {
  const { index, tier, state, confidence, voters, waitsFor, disagreements, story } = belief;
  const how = confidence === undefined ? '' : `, credibility ${sure(confidence)}`;
  const lines = [`Task ${index} is ${state} (trust ${tier}${how}).`];
  if (voters.length > 0) lines.push(`Its result is that of ${voters.join(', ')}.`);
  for (const group of belief.groups) lines.push(...groupLines(group));
  if (belief.isAudited) lines.push('It was chosen for an audit: somebody else computes it too.');
  if (waitsFor) lines.push(`It waits for ${waitsFor}.`);
  for (const row of disagreements) {
    lines.push(`Wrong was ${row.losers.join(', ')}; right ${row.winners.join(', ')}.`);
  }
  for (const row of story) lines.push(`${new Date(row.at).toISOString()} ${row.text}`);
  return lines;
}

function groupLines({ voters, confidence }: Belief['groups'][number]): string[] {
  const how = confidence === undefined ? '' : `, credibility ${sure(confidence)}`;
  const word = voters.length === 1 ? '1 result' : `${voters.length} equal results`;
  const who = voters.map(({ volunteer, trusted, checked, errorChance }) => {
    const known = trusted ? 'trusted' : `${Math.floor(checked)} checked results`;
    return `  ${volunteer}: ${known}, wrong with a chance of ${errorChance.toPrecision(2)}`;
  });
  return [`${word}${how}:`, ...who];
}

function sure(confidence: number): string {
  return confidence.toFixed(6);
}

export function quarantineTable(rows: readonly QuarantineView[]): string[] {
  const head = ['VOLUNTEER', 'SINCE', 'UNTIL', 'HERE', 'VALID', 'INVALID', 'LAST SEEN WRONG AT'];
  return alignTable(
    head,
    rows.map((row) => [
      row.volunteer,
      new Date(row.at).toISOString(),
      new Date(row.until).toISOString(),
      row.isHere ? 'yes' : 'no',
      row.valid,
      row.invalid,
      row.seen.map(({ jobId, index }) => `${jobId}#${index}`)[0] ?? '',
    ]),
  );
}
