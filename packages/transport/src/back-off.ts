const FIRST_MS = 200;
const LAST_MS = 20_000;

/** How long to wait before the next attempt: doubling, and half of it random so that a crowd does not come back at once. */
export function backOffMs(failures: number): number {
  const ms = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return ms / 2 + (Math.random() * ms) / 2;
}
