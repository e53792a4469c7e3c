/** Work that takes time in proportion to `loops` and is the same on both sides of a comparison. */
export function spin(seed: number, loops: number): number {
  let x = seed;
  for (let i = 0; i < loops; i++) x = (Math.imul(x, 1103515245) + 12345) | 0;
  return x;
}
