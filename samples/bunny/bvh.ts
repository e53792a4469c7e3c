import { cornersOf, type Triangles, vertexAt } from './triangles.ts';

/** Words of a node: six bounds of the left child, six of the right one, two references, two unused. */
export const NODE_WORDS = 16;
export const LEAF_TRIANGLES_MAX = 4;

/**
 * A bounding volume hierarchy. A reference is the number of an inner node, or, below zero, the complement of
 * `first * 8 + count` of a leaf's triangles; `order` is the order in which leaves hold them.
 */
export interface Bvh {
  readonly nodes: Float32Array;
  readonly nodeCount: number;
  readonly order: Uint32Array;
}

const BINS = 24;

/** Builds by the surface area heuristic over bins. The same mesh always gives the same bytes. */
export function buildBvh(mesh: Triangles): Bvh {
  return new Builder(mesh).build();
}

class Builder {
  readonly #boxes: Float64Array;
  readonly #order: Uint32Array;
  readonly #nodes: Float32Array;
  readonly #references: Int32Array;
  #nodeCount = 0;

  constructor(mesh: Triangles) {
    const count = mesh.indices.length / 3;
    this.#boxes = boxesOf(mesh);
    this.#order = Uint32Array.from({ length: count }, (_, triangle) => triangle);
    this.#nodes = new Float32Array(count * NODE_WORDS);
    this.#references = new Int32Array(this.#nodes.buffer);
  }

  build(): Bvh {
    this.#inner(0, this.#order.length);
    const nodes = this.#nodes.slice(0, this.#nodeCount * NODE_WORDS);
    return { nodes, nodeCount: this.#nodeCount, order: this.#order };
  }

  #inner(from: number, to: number): number {
    const node = this.#nodeCount++;
    const middle = this.#partition(from, to);
    this.#child(node * NODE_WORDS, from, middle, 12);
    this.#child(node * NODE_WORDS + 6, middle, to, 7);
    return node;
  }

  #child(boundsAt: number, from: number, to: number, referenceOffset: number): void {
    this.#nodes.set(this.#bounds(from, to), boundsAt);
    const count = to - from;
    const leaf = count <= LEAF_TRIANGLES_MAX;
    this.#references[boundsAt + referenceOffset] = leaf
      ? ~(from * 8 + count)
      : this.#inner(from, to);
  }

  #bounds(from: number, to: number): Float64Array {
    const box = emptyBox();
    for (let i = from; i < to; i++) grow(box, this.#boxes, (this.#order[i] ?? 0) * 6);
    return box;
  }

  #centre(position: number, axis: number): number {
    const at = (this.#order[position] ?? 0) * 6 + axis;
    return (this.#boxes[at] ?? 0) + (this.#boxes[at + 3] ?? 0);
  }

  /** Orders `[from, to)` around the cheapest cut and returns where the right part begins. */
  #partition(from: number, to: number): number {
    const cut = this.#cheapestCut(from, to);
    if (!cut) return (from + to) >> 1;
    let middle = from;
    for (let i = from; i < to; i++) {
      if (binOf(this.#centre(i, cut.axis), cut) >= cut.bin) continue;
      const moved = this.#order[i] ?? 0;
      this.#order[i] = this.#order[middle] ?? 0;
      this.#order[middle++] = moved;
    }
    return middle === from || middle === to ? (from + to) >> 1 : middle;
  }

  #cheapestCut(from: number, to: number): Cut | undefined {
    let best: Cut | undefined;
    for (let axis = 0; axis < 3; axis++) {
      const cut = this.#cutAlong(axis, from, to);
      if (cut && (!best || cut.cost < best.cost)) best = cut;
    }
    return best;
  }

  #cutAlong(axis: number, from: number, to: number): Cut | undefined {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = from; i < to; i++) {
      low = Math.min(low, this.#centre(i, axis));
      high = Math.max(high, this.#centre(i, axis));
    }
    if (low === high) return undefined;
    const grid = { axis, low, scale: BINS / (high - low) };
    const bins = Array.from({ length: BINS }, () => ({ box: emptyBox(), count: 0 }));
    for (let i = from; i < to; i++) {
      const bin = bins[binOf(this.#centre(i, axis), grid)];
      if (!bin) continue;
      grow(bin.box, this.#boxes, (this.#order[i] ?? 0) * 6);
      bin.count++;
    }
    return { ...grid, ...cheapestBin(bins) };
  }
}

interface Grid {
  readonly axis: number;
  readonly low: number;
  readonly scale: number;
}

interface Cut extends Grid {
  /** The first bin of the right part. */
  readonly bin: number;
  readonly cost: number;
}

interface Bin {
  readonly box: Float64Array;
  count: number;
}

function binOf(centre: number, grid: Grid): number {
  return Math.min(BINS - 1, Math.floor((centre - grid.low) * grid.scale));
}

function cheapestBin(bins: readonly Bin[]): { bin: number; cost: number } {
  const right = sweep([...bins].reverse()).reverse();
  const left = sweep(bins);
  let best = { bin: 1, cost: Number.POSITIVE_INFINITY };
  for (let bin = 1; bin < bins.length; bin++) {
    const cost = (left[bin - 1] ?? 0) + (right[bin] ?? 0);
    if (cost < best.cost) best = { bin, cost };
  }
  return best;
}

/** The cost of a child made of the bins up to and with each one. */
function sweep(bins: readonly Bin[]): number[] {
  const box = emptyBox();
  let count = 0;
  return bins.map((bin) => {
    grow(box, bin.box, 0);
    count += bin.count;
    return count === 0 ? 0 : count * halfArea(box);
  });
}

function boxesOf(mesh: Triangles): Float64Array {
  const count = mesh.indices.length / 3;
  const boxes = new Float64Array(count * 6);
  for (let triangle = 0; triangle < count; triangle++) {
    const box = emptyBox();
    for (const corner of cornersOf(mesh, triangle)) {
      grow(box, [...vertexAt(mesh, corner), ...vertexAt(mesh, corner)], 0);
    }
    boxes.set(box, triangle * 6);
  }
  return boxes;
}

function emptyBox(): Float64Array {
  const box = new Float64Array(6).fill(Number.POSITIVE_INFINITY, 0, 3);
  return box.fill(Number.NEGATIVE_INFINITY, 3);
}

function grow(box: Float64Array, other: ArrayLike<number>, at: number): void {
  for (let axis = 0; axis < 3; axis++) {
    box[axis] = Math.min(box[axis] ?? 0, other[at + axis] ?? 0);
    box[axis + 3] = Math.max(box[axis + 3] ?? 0, other[at + axis + 3] ?? 0);
  }
}

function halfArea(box: Float64Array): number {
  const [x, y, z] = [side(box, 0), side(box, 1), side(box, 2)];
  return x * y + y * z + z * x;
}

function side(box: Float64Array, axis: number): number {
  return (box[axis + 3] ?? 0) - (box[axis] ?? 0);
}
