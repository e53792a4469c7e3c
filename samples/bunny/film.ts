import { type Hit, MATERIAL } from './hit.ts';
import type { PathTracer } from './path-tracer.ts';
import type { Tile } from './task.ts';
import { toneByte } from './tone.ts';

/** How far around a pixel its soft light is averaged, in pixels. */
export const MARGIN = 5;

const EXPOSURE = 0.62;
/** The material of a pixel that shows more than one. */
const MIXED = -1;
/** Surfaces are one where their distances differ by less than this fraction … */
const DEPTH_TOLERANCE = 0.03;
/** … and their normals by less than this, squared. */
const NORMAL_TOLERANCE = 0.08;

/**
 * The light of a tile and a margin around it. Light from the lamp is shown as it was found. Light from the rest of the
 * room is noisy and changes slowly, so each pixel shows its mean over neighbours on the same surface.
 */
export class Film {
  readonly #tile: Tile;
  readonly #columns: number;
  readonly #sharp: Float64Array;
  readonly #soft: Float64Array;
  readonly #normals: Float64Array;
  readonly #depths: Float64Array;
  readonly #materials: Int8Array;
  readonly #counts: Uint16Array;

  constructor(tile: Tile) {
    this.#tile = tile;
    this.#columns = tile.width + 2 * MARGIN;
    const pixels = this.#columns * (tile.height + 2 * MARGIN);
    this.#sharp = new Float64Array(pixels * 3);
    this.#soft = new Float64Array(pixels * 3);
    this.#normals = new Float64Array(pixels * 3);
    this.#depths = new Float64Array(pixels);
    this.#materials = new Int8Array(pixels);
    this.#counts = new Uint16Array(pixels);
  }

  /** The pixel's place on the film; `column` and `row` count from the margin's corner. */
  pixelAt(column: number, row: number): number {
    return row * this.#columns + column;
  }

  /** Notes what a path of the pixel met first. */
  note(pixel: number, seen: Hit): void {
    const count = this.#counts[pixel] as number;
    this.#counts[pixel] = count + 1;
    if (count === 0) this.#materials[pixel] = seen.material;
    else if (this.#materials[pixel] !== seen.material) this.#materials[pixel] = MIXED;
    this.#depths[pixel] = (this.#depths[pixel] as number) + seen.distance;
    add(this.#normals, pixel, seen.nx, seen.ny, seen.nz);
  }

  /** Whether neighbours will not help: the pixel shows an edge, glass or a mirror, and needs more paths of its own. */
  isAlone(pixel: number): boolean {
    const material = this.#materials[pixel];
    return material === MIXED || material === MATERIAL.glass || material === MATERIAL.mirror;
  }

  /** Turns the sums of the pixel into means, once all its paths were noted. */
  expose(pixel: number, { sharp, soft }: PathTracer): void {
    const part = 1 / (this.#counts[pixel] as number);
    add(this.#sharp, pixel, sharp.red * part, sharp.green * part, sharp.blue * part);
    add(this.#soft, pixel, soft.red * part, soft.green * part, soft.blue * part);
    this.#depths[pixel] = (this.#depths[pixel] as number) * part;
    for (let axis = pixel * 3; axis < pixel * 3 + 3; axis++) {
      this.#normals[axis] = (this.#normals[axis] as number) * part;
    }
  }

  /** The tile without its margin. */
  develop(): Uint8Array {
    const { width, height } = this.#tile;
    const rgba = new Uint8Array(width * height * 4);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const colour = this.#colour(this.pixelAt(column + MARGIN, row + MARGIN));
        rgba.set(colour, (row * width + column) * 4);
      }
    }
    return rgba;
  }

  #colour(pixel: number): number[] {
    const soft = this.#smoothed(pixel);
    const sharp = this.#sharp.subarray(pixel * 3);
    const bytes = soft.map((light, colour) =>
      toneByte((light + (sharp[colour] as number)) * EXPOSURE),
    );
    return [...bytes, 255];
  }

  #smoothed(pixel: number): [number, number, number] {
    let [red, green, blue, total] = [0, 0, 0, 0];
    for (let dy = -MARGIN; dy <= MARGIN; dy++) {
      for (let dx = -MARGIN; dx <= MARGIN; dx++) {
        const other = pixel + dy * this.#columns + dx;
        const weight =
          this.#likeness(pixel, other) * (MARGIN + 1 - Math.abs(dx)) * (MARGIN + 1 - Math.abs(dy));
        red += weight * (this.#soft[other * 3] as number);
        green += weight * (this.#soft[other * 3 + 1] as number);
        blue += weight * (this.#soft[other * 3 + 2] as number);
        total += weight;
      }
    }
    return [red / total, green / total, blue / total];
  }

  /** From 0 to 1: how far two pixels show the same surface. */
  #likeness(a: number, b: number): number {
    if (a === b) return 1;
    const material = this.#materials[a] as number;
    if (material === MIXED || material !== this.#materials[b]) return 0;
    const [near, far] = [this.#depths[a] as number, this.#depths[b] as number];
    if (Math.abs(near - far) > DEPTH_TOLERANCE * (near + 1)) return 0;
    const turned = squaredDistance(this.#normals, a * 3, b * 3);
    return Math.max(0, 1 - turned / NORMAL_TOLERANCE);
  }
}

function add(sums: Float64Array, pixel: number, x: number, y: number, z: number): void {
  sums[pixel * 3] = (sums[pixel * 3] as number) + x;
  sums[pixel * 3 + 1] = (sums[pixel * 3 + 1] as number) + y;
  sums[pixel * 3 + 2] = (sums[pixel * 3 + 2] as number) + z;
}

function squaredDistance(vectors: Float64Array, a: number, b: number): number {
  const x = (vectors[a] as number) - (vectors[b] as number);
  const y = (vectors[a + 1] as number) - (vectors[b + 1] as number);
  const z = (vectors[a + 2] as number) - (vectors[b + 2] as number);
  return x * x + y * y + z * z;
}
