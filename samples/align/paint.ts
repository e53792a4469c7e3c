/** Bases of one column. */
const BIN = 50;
const HEIGHT = 240;
const BASELINE = HEIGHT - 12;
/** Pixels of one read over a base. */
const SCALE = 6;
const TICK = 5_000;

type Colour = readonly [number, number, number];

const PAPER: Colour = [13, 20, 33];
const GRID: Colour = [30, 42, 62];
const INK: Colour = [150, 165, 190];
const LOW: Colour = [38, 92, 160];
const HIGH: Colour = [94, 220, 190];
const BARE: Colour = [224, 96, 84];

/** The depth along the genome as a plot: a column for fifty bases, as high as their mean; bare stretches are red. */
export function paintCoverage(depth: Uint16Array) {
  const width = Math.ceil(depth.length / BIN);
  const canvas = new Canvas(width);
  for (let level = 0; level < BASELINE; level += 10 * SCALE)
    canvas.fill(0, BASELINE - level, width, 1, GRID);
  for (let column = 0; column < width; column++) bar(canvas, column, depth);
  canvas.fill(0, BASELINE, width, 1, INK);
  for (let base = 0; base < depth.length; base += TICK)
    canvas.fill(Math.floor(base / BIN), BASELINE + 1, 1, 5, INK);
  return { x: 0, y: 0, width, height: HEIGHT, rgba: canvas.rgba } as const;
}

function bar(canvas: Canvas, column: number, depth: Uint16Array): void {
  const bases = depth.subarray(column * BIN, (column + 1) * BIN);
  const sum = bases.reduce((a, b) => a + b, 0);
  if (sum === 0) return canvas.fill(column, BASELINE - 3, 1, 3, BARE);
  const height = Math.min(BASELINE, Math.round((SCALE * sum) / bases.length));
  for (let row = 0; row < height; row++)
    canvas.fill(column, BASELINE - 1 - row, 1, 1, between(LOW, HIGH, row));
}

/** Whole numbers only, so that every engine paints the same. */
function between(low: Colour, high: Colour, row: number): Colour {
  const at = (from: number, to: number) => from + Math.floor(((to - from) * row) / BASELINE);
  return [at(low[0], high[0]), at(low[1], high[1]), at(low[2], high[2])];
}

class Canvas {
  readonly rgba: Uint8Array;
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
    this.rgba = new Uint8Array(width * HEIGHT * 4);
    this.fill(0, 0, width, HEIGHT, PAPER);
  }

  fill(x: number, y: number, width: number, height: number, colour: Colour): void {
    for (let row = y; row < y + height; row++)
      for (let column = x; column < x + width; column++)
        this.rgba.set([...colour, 255], (row * this.#width + column) * 4);
  }
}
