/** Whose last bits the standard leaves to the engine. */
const FUNCTIONS = [
  ...([
    'sin',
    'cos',
    'tan',
    'asin',
    'acos',
    'atan',
    'sinh',
    'cosh',
    'tanh',
    'asinh',
    'acosh',
  ] as const),
  ...(['atanh', 'exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'cbrt'] as const),
];
const PAIRS = ['pow', 'atan2', 'hypot'] as const;
const POINTS = 64;

/**
 * A name of what an engine's own Math gives at some hundred points: engines of one name give, as far as that tells, the
 * same bits everywhere.
 */
export function engineName(math: Math = Math): string {
  let hash = 0x811c9dc5;
  const view = new DataView(new ArrayBuffer(8));
  const add = (value: number): void => {
    // No two engines need write the same bits for what is no number.
    view.setFloat64(0, Number.isNaN(value) ? -1 : value);
    for (let at = 0; at < 8; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193);
  };
  for (let i = 0; i < POINTS; i++) {
    // Spread over magnitudes, by arithmetic that is the same everywhere.
    const x = ((i * 2654435761) % 1_000_003) / 1_000_003;
    const y = (x - 0.5) * 2 ** ((i % 24) - 4);
    for (const name of FUNCTIONS) for (const at of [x, y, 1 + x]) add(math[name](at));
    for (const name of PAIRS) add(math[name](1 + x, y));
  }
  return `math-${(hash >>> 0).toString(16).padStart(8, '0')}`;
}
