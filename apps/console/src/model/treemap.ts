/** A rectangle in percent of the whole. */
export interface TreemapBox<T> {
  readonly item: T;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Weighted<T> = readonly (readonly [item: T, weight: number])[];

/** Halves the weight, along the longer side, again and again; `aspect` is width by height of the whole. */
export function treemap<T>(items: Weighted<T>, aspect: number): TreemapBox<T>[] {
  const sorted = items.filter(([, weight]) => weight > 0).sort((a, b) => b[1] - a[1]);
  return split(sorted, { x: 0, y: 0, width: 100, height: 100 }, aspect);
}

function split<T>(items: Weighted<T>, area: Area, aspect: number): TreemapBox<T>[] {
  const [first] = items;
  if (!first) return [];
  if (items.length === 1) return [{ item: first[0], ...area }];
  const total = sumOf(items);
  let at = 1;
  let before = first[1];
  for (const [, weight] of items.slice(1, -1)) {
    if (before + weight / 2 > total / 2) break;
    before += weight;
    at++;
  }
  const [one, other] = cut(area, before / total, aspect);
  return [...split(items.slice(0, at), one, aspect), ...split(items.slice(at), other, aspect)];
}

function cut(area: Area, share: number, aspect: number): readonly [Area, Area] {
  const { x, y, width, height } = area;
  if (width * aspect >= height) {
    const left = width * share;
    return [
      { ...area, width: left },
      { ...area, x: x + left, width: width - left },
    ];
  }
  const top = height * share;
  return [
    { ...area, height: top },
    { ...area, y: y + top, height: height - top },
  ];
}

function sumOf(items: Weighted<unknown>): number {
  return items.reduce((sum, [, weight]) => sum + weight, 0);
}
