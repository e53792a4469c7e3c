// A view deep into the Mandelbrot set, tile by tile. AssemblyScript: its Math is compiled into the module, so that
// every engine computes the same bytes.

/** The point of the plane in the middle of the poster, and how wide the poster is there. */
const CENTRE_X: f64 = 0.001643721971153;
const CENTRE_Y: f64 = -0.822467633298876;
const WIDTH: f64 = 1.15e-10;

const TILE: i32 = 64;
const TILE_BYTES: i32 = TILE * TILE * 4;
const POSTER_WIDTH: i32 = 1920;
const POSTER_HEIGHT: i32 = 1280;
/** The same view, small. */
const PREVIEW_WIDTH: i32 = 384;
const PREVIEW_HEIGHT: i32 = 256;

const ITERATIONS_MAX: i32 = 2500;
const ESCAPE_SQUARED: f64 = 1.0e6;
/** Points along each side of a pixel. */
const POINTS: i32 = 3;

const COLOURS: i32 = 1024;
/** Iterations after which the colours come again. */
const COLOUR_PERIOD: f64 = 110.0;
const COLOUR_PHASE: f64 = 0.62;
/** How high the light stands over the relief. */
const LIGHT_HEIGHT: f64 = 1.6;
const LIGHT_X: f64 = -0.7071067811865476;
const LIGHT_Y: f64 = -0.7071067811865476;

const pixels: usize = memory.data(TILE_BYTES, 16);
/** Red, green and blue of each colour, linear, as f64. */
const palette: usize = memory.data(COLOURS * 24, 16);

// The light of the point last computed.
let red: f64 = 0;
let green: f64 = 0;
let blue: f64 = 0;

fillPalette();

/** Tile `index` of the poster, row by row: its address above its length, 64 by 64 pixels of four bytes. */
export function tile(index: i32): i64 {
  return draw(index, POSTER_WIDTH, POSTER_HEIGHT);
}

/** A tile of the small picture. */
export function preview(index: i32): i64 {
  return draw(index, PREVIEW_WIDTH, PREVIEW_HEIGHT);
}

function draw(index: i32, width: i32, height: i32): i64 {
  const columns = width / TILE;
  if (index < 0 || index >= columns * (height / TILE)) unreachable();
  const left = (index % columns) * TILE;
  const top = (index / columns) * TILE;
  for (let row = 0; row < TILE; row++) {
    for (let column = 0; column < TILE; column++) {
      drawPixel(left + column - width / 2, top + row - height / 2, WIDTH / <f64>width);
      writePixel(pixels + ((row * TILE + column) << 2));
    }
  }
  return ((<i64>pixels) << 32) | <i64>TILE_BYTES;
}

/** The mean light of the pixel's points; `step` is a pixel's width in the plane. */
function drawPixel(x: i32, y: i32, step: f64): void {
  let r: f64 = 0;
  let g: f64 = 0;
  let b: f64 = 0;
  for (let i = 0; i < POINTS * POINTS; i++) {
    const dx = (<f64>(i % POINTS) + 0.5) / POINTS;
    const dy = (<f64>(i / POINTS) + 0.5) / POINTS;
    lightPoint(CENTRE_X + (<f64>x + dx) * step, CENTRE_Y + (<f64>y + dy) * step, step);
    r += red;
    g += green;
    b += blue;
  }
  red = r / (POINTS * POINTS);
  green = g / (POINTS * POINTS);
  blue = b / (POINTS * POINTS);
}

function writePixel(at: usize): void {
  store<u8>(at, byteOf(red));
  store<u8>(at, byteOf(green), 1);
  store<u8>(at, byteOf(blue), 2);
  store<u8>(at, 255, 3);
}

function byteOf(light: f64): u8 {
  return <u8>(Math.sqrt(Math.min(1, Math.max(0, light))) * 255 + 0.5);
}

/** Iterates z² + c with its derivative, which tells the slope of the relief and how near the set is. */
function lightPoint(cx: f64, cy: f64, step: f64): void {
  let x: f64 = 0;
  let y: f64 = 0;
  let dx: f64 = 0;
  let dy: f64 = 0;
  let n = 0;
  let xx: f64 = 0;
  let yy: f64 = 0;
  while (n < ITERATIONS_MAX) {
    const nextDx = 2 * (x * dx - y * dy) + 1;
    dy = 2 * (x * dy + y * dx);
    dx = nextDx;
    y = 2 * x * y + cy;
    x = xx - yy + cx;
    xx = x * x;
    yy = y * y;
    n++;
    if (xx + yy > ESCAPE_SQUARED) break;
  }
  if (xx + yy > ESCAPE_SQUARED) colourPoint(n, x, y, dx, dy, step);
  else setLight(0.0004, 0.0004, 0.0012);
}

function colourPoint(n: i32, x: f64, y: f64, dx: f64, dy: f64, step: f64): void {
  const square = x * x + y * y;
  const slope = dx * dx + dy * dy;
  const logarithm = Math.log(square) * 0.5;
  const smooth = <f64>n + 1 - Math.log(logarithm) / Math.LN2;
  pickColour(smooth / COLOUR_PERIOD + COLOUR_PHASE);
  // z / z′ points up the relief.
  const ux = (x * dx + y * dy) / slope;
  const uy = (y * dx - x * dy) / slope;
  const length = Math.sqrt(ux * ux + uy * uy);
  const facing = (ux * LIGHT_X + uy * LIGHT_Y) / length;
  const shade = Math.max(0, (facing + LIGHT_HEIGHT) / (1 + LIGHT_HEIGHT));
  // Within a pixel of the set all detail is finer than the poster: it fades to dark.
  const distance = (2 * length * logarithm) / step;
  const fade = Math.min(1, distance * 0.9);
  const light = (0.25 + 0.85 * shade * shade) * (0.08 + 0.92 * fade);
  setLight(red * light, green * light, blue * light);
}

function setLight(r: f64, g: f64, b: f64): void {
  red = r;
  green = g;
  blue = b;
}

function pickColour(turns: f64): void {
  const place = (turns - Math.floor(turns)) * COLOURS;
  const at = <i32>place;
  const part = place - <f64>at;
  const from = palette + at * 24;
  const to = palette + ((at + 1) % COLOURS) * 24;
  setLight(
    load<f64>(from) * (1 - part) + load<f64>(to) * part,
    load<f64>(from, 8) * (1 - part) + load<f64>(to, 8) * part,
    load<f64>(from, 16) * (1 - part) + load<f64>(to, 16) * part,
  );
}

/** Night blue, blue, pale, gold, ember and back, eased between. */
function fillPalette(): void {
  addColours(0.0, 0.18, 0.002, 0.008, 0.06, 0.01, 0.09, 0.38);
  addColours(0.18, 0.4, 0.01, 0.09, 0.38, 0.75, 0.93, 1.0);
  addColours(0.4, 0.58, 0.75, 0.93, 1.0, 1.0, 0.42, 0.02);
  addColours(0.58, 0.8, 1.0, 0.42, 0.02, 0.17, 0.012, 0.03);
  addColours(0.8, 1.0, 0.17, 0.012, 0.03, 0.002, 0.008, 0.06);
}

function addColours(
  from: f64,
  to: f64,
  r0: f64,
  g0: f64,
  b0: f64,
  r1: f64,
  g1: f64,
  b1: f64,
): void {
  const end = <i32>(to * COLOURS);
  const start = <i32>(from * COLOURS);
  for (let i = start; i < end; i++) {
    const t = <f64>(i - start) / <f64>(end - start);
    const eased = t * t * (3 - 2 * t);
    store<f64>(palette + i * 24, r0 + (r1 - r0) * eased);
    store<f64>(palette + i * 24, g0 + (g1 - g0) * eased, 8);
    store<f64>(palette + i * 24, b0 + (b1 - b0) * eased, 16);
  }
}
