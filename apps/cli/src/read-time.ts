import { GridError } from '@manytabs/protocol';

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const SPAN = /^(\d{1,6})([smhdw])$/;
const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * A moment to come: a span from now (`90s`, `30m`, `1h`, `7d`, `2w`), or an ISO 8601 date or time.
 * @throws {GridError} `usage`
 */
export function readTime(text: string, now: number): Date {
  const [, count, unit] = SPAN.exec(text) ?? [];
  const at = unit
    ? now + Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]
    : Date.parse(ISO.test(text) ? text : '');
  if (!Number.isFinite(at)) {
    throw new GridError('usage', `${text} is no time, such as 1h, 7d or 2030-01-31T12:00Z.`);
  }
  if (at <= now) throw new GridError('usage', `${text} has passed.`);
  return new Date(at);
}
