/** What of the hunt one task does: rulers that begin with two given gaps. */
export interface Hunt {
  /** Marks of the ruler. */
  readonly order: number;
  /** Rulers that are longer are not looked at. */
  readonly length: number;
}

/** A part of the hunt, with its place in the picture: its colour tells how many nodes of the tree were visited. */
export interface Found {
  readonly nodes: number;
  /** The shortest ruler of this part, or an empty list. */
  readonly ruler: readonly number[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

export const CELL = 12;

/** The largest gap of a ruler that is no longer than `length`: all others are different and add up to the rest. */
export function largestGap({ order, length }: Hunt): number {
  const others = order - 2;
  return length - (others * (others + 1)) / 2;
}

/**
 * Task `n` looks at all Golomb rulers whose first gap is `n % side + 1` and whose second is `n / side + 1`, up to mirror
 * images. Only whole numbers, so that every engine counts the same nodes.
 */
export default function hunt(n: number, { args }: { args: Hunt }): Found {
  const side = largestGap(args);
  const [first, second] = [(n % side) + 1, Math.floor(n / side) + 1];
  const tree = new Tree(args, first);
  if (first !== second) tree.visit([0, first, first + second]);
  const place = { x: (first - 1) * CELL, y: (second - 1) * CELL, width: CELL, height: CELL };
  return { nodes: tree.nodes, ruler: tree.best, ...place, rgba: square(tree) };
}

class Tree {
  nodes = 0;
  best: readonly number[] = [];
  readonly #order: number;
  readonly #first: number;
  readonly #used: Uint8Array;
  #length: number;

  constructor({ order, length }: Hunt, first: number) {
    this.#order = order;
    this.#length = length;
    this.#first = first;
    this.#used = new Uint8Array(length + 1);
  }

  visit(marks: readonly number[]): void {
    const last = marks[marks.length - 1] ?? 0;
    if (last > this.#length) return;
    const used = this.#used;
    for (let j = 1; j < marks.length; j++)
      for (let i = 0; i < j; i++) used[(marks[j] ?? 0) - (marks[i] ?? 0)] = 1;
    this.#grow([...marks], marks.length);
  }

  /** Tries every next mark that leaves room for the gaps after it, which are all different. */
  #grow(marks: number[], count: number): void {
    this.nodes++;
    const last = marks[count - 1] ?? 0;
    const rest = this.#order - count - 1;
    const end = this.#length - (rest * (rest + 1)) / 2;
    for (let mark = last + 1; mark <= end; mark++) {
      if (rest === 0 && mark - last <= this.#first) continue;
      if (!this.#fits(marks, count, mark)) continue;
      this.#mark(marks, count, mark, 1);
      marks[count] = mark;
      if (rest === 0) this.#keep(marks, mark);
      else this.#grow(marks, count + 1);
      this.#mark(marks, count, mark, 0);
    }
  }

  #fits(marks: readonly number[], count: number, mark: number): boolean {
    for (let i = count - 1; i >= 0; i--) if (this.#used[mark - (marks[i] ?? 0)]) return false;
    return true;
  }

  #mark(marks: readonly number[], count: number, mark: number, is: 0 | 1): void {
    for (let i = 0; i < count; i++) this.#used[mark - (marks[i] ?? 0)] = is;
  }

  /** The first of its length stays. */
  #keep(marks: readonly number[], length: number): void {
    if (this.best.length > 0 && length >= (this.best[this.#order - 1] ?? 0)) return;
    this.best = marks.slice(0, this.#order);
  }
}

/** Darker to lighter by the power of two of the nodes; gold where a ruler was found. */
function square({ nodes, best }: Tree): Uint8Array {
  const level = Math.min(255, 20 + 11 * (32 - Math.clz32(nodes)));
  const colour = best.length > 0 ? [245, 190, 60] : [level >> 2, level >> 1, level];
  const rgba = new Uint8Array(CELL * CELL * 4);
  for (let at = 0; at < rgba.length; at += 4) rgba.set([...colour, 255], at);
  return rgba;
}
