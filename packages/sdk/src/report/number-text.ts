const COUNTS = new Intl.NumberFormat('en-US');

export function countText(count: number): string {
  return COUNTS.format(count);
}

/** `740 B`, `1.2 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toPrecision(2)} ${units[unit]}`;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Two digits, as far as they say something: `0.32 ms`, `45 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function timeText(ms: number): string {
  if (ms <= 0) return '0 ms';
  if (ms < 10) return `${Number(ms.toPrecision(2))} ms`;
  if (ms < 995) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < 99_500) return `${Math.round(ms / SECOND)} s`;
  return largeTimeText(ms);
}

function largeTimeText(ms: number): string {
  const isHours = ms >= 100 * MINUTE;
  const [large, small] = isHours ? [HOUR, MINUTE] : [MINUTE, SECOND];
  const whole = Math.round(ms / small) * small;
  const [first, second] = [Math.floor(whole / large), Math.floor((whole % large) / small)];
  const [one, two] = isHours ? ['h', 'min'] : ['min', 's'];
  return second === 0
    ? `${countText(first)} ${one}`
    : `${countText(first)} ${one} ${second} ${two}`;
}

/** `99.9 % sure`, rounded down: nothing is certain. */
export function confidenceText(confidence: number | undefined): string {
  if (confidence === undefined) return 'not rated';
  const percent = Math.min(99.999, Math.floor(confidence * 100_000) / 1_000);
  return `${percent} % sure`;
}
