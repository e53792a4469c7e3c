import { BOUNDS } from './bounds.ts';

/** What a thrown thing says of itself. It may be hostile: a getter that throws, a proxy, anything. */
export function textOf(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return text.slice(0, BOUNDS.ERROR_CHARS_MAX);
  } catch {
    return 'Something was thrown that cannot be read.';
  }
}
