// Indices into typed arrays are in bounds by construction here, and a check in these loops would cost a tenth of the
// picture's time: hence `as number`.

const DIRECTIONS = secondSobolDimension();

/**
 * Sample points for a picture: Sobol's (0,2)-sequence under Owen scrambling by hashes (Brent Burley, "Practical
 * hash-based Owen scrambling", 2020), walked along the Morton curve of the pixels (Ahmed and Wonka, 2020), so that what
 * error is left looks like fine grain and not like blotches. A point depends on its pixel, sample and dimension alone.
 */
export class Sampler {
  u = 0;
  v = 0;
  readonly #samplesMax: number;
  #index = 0;

  /** At most so many samples a pixel, a power of two. The first half, quarter … of them is spread as well as all. */
  constructor(samplesMax: number) {
    this.#samplesMax = samplesMax;
  }

  start(x: number, y: number, sample: number): void {
    this.#index = ((spread(x) | (spread(y) << 1)) * this.#samplesMax + sample) >>> 0;
  }

  /** Sets `u` and `v`, each in [0, 1), to the pair of this dimension. */
  draw(dimension: number): void {
    const seed = hash(dimension);
    const shuffled = reversed(scrambled(reversed(this.#index), seed));
    this.u = unit(reversed(scrambled(shuffled, hash(seed ^ 0x68bc21eb))));
    this.v = unit(reversed(scrambled(reversed(sobol(shuffled)), hash(seed ^ 0x02e5be93))));
  }
}

function unit(bits: number): number {
  return (bits >>> 0) * (1 / 4294967296);
}

/** A nested uniform scramble of a number whose bits stand in reverse: a bit changes only with those below it. */
function scrambled(bits: number, seed: number): number {
  let x = (bits ^ Math.imul(bits, 0x3d20adea)) + seed;
  x = Math.imul(x, (seed >>> 16) | 1);
  x ^= Math.imul(x, 0x05526c56);
  x ^= Math.imul(x, 0x53a22864);
  return x;
}

function sobol(index: number): number {
  return (
    (DIRECTIONS[index & 255] as number) ^
    (DIRECTIONS[256 | ((index >>> 8) & 255)] as number) ^
    (DIRECTIONS[512 | ((index >>> 16) & 255)] as number) ^
    (DIRECTIONS[768 | (index >>> 24)] as number)
  );
}

/** What each byte of an index contributes to the second dimension, by its place. */
function secondSobolDimension(): Int32Array {
  const table = new Int32Array(1024);
  for (let place = 0; place < 4; place++) {
    for (let byte = 0; byte < 256; byte++) {
      let [value, direction] = [0, 1 << 31];
      for (let bit = 0; bit < 32; bit++) {
        if (((byte << (place * 8)) >>> bit) & 1) value ^= direction;
        direction ^= direction >>> 1;
      }
      table[place * 256 + byte] = value;
    }
  }
  return table;
}

function reversed(bits: number): number {
  let x = ((bits >>> 1) & 0x55555555) | ((bits & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return (x >>> 16) | (x << 16);
}

/** A 32-bit finalizer with low bias (Chris Wellons). */
function hash(seed: number): number {
  let x = Math.imul(seed ^ (seed >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

/** Puts a zero between the low 16 bits. */
function spread(bits: number): number {
  let x = bits & 0xffff;
  x = (x | (x << 8)) & 0x00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f;
  x = (x | (x << 2)) & 0x33333333;
  return (x | (x << 1)) & 0x55555555;
}
