/**
 * A linear brightness as a byte: Krzysztof Narkowicz's fit of the ACES film curve, then sRGB's, whose power is made of
 * square roots (Chilliant's fit), as engines agree on those.
 */
export function toneByte(brightness: number): number {
  const film =
    (brightness * (2.51 * brightness + 0.03)) / (brightness * (2.43 * brightness + 0.59) + 0.14);
  const x = Math.min(film, 1);
  const [root, root4] = [Math.sqrt(x), Math.sqrt(Math.sqrt(x))];
  const encoded =
    0.662002687 * root + 0.68412206 * root4 - 0.323583601 * Math.sqrt(root4) - 0.022541147 * x;
  return Math.floor(Math.max(encoded, 0) * 255 + 0.5);
}
