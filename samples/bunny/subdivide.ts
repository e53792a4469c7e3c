import { cornersOf, type Triangles, vertexAt } from './triangles.ts';

interface Edge {
  readonly ends: readonly [number, number];
  /** The corner across the edge in each triangle that has it; one at a border, two inside. */
  readonly across: number[];
  readonly vertex: number;
}

/**
 * One round of Loop subdivision (Charles Loop 1987, with Joe Warren's weights, which need no cosine): each triangle
 * becomes four, and the surface tends to a smooth one. The mesh must be closed and two-sided at every edge.
 */
export function subdivide(mesh: Triangles): Triangles {
  const edges = edgesOf(mesh);
  const vertices = mesh.positions.length / 3;
  const positions = new Float32Array((vertices + edges.size) * 3);
  const neighbours = neighboursOf(edges, vertices);
  for (let vertex = 0; vertex < vertices; vertex++) {
    positions.set(smoothed(mesh, vertex, neighbours[vertex] ?? []), vertex * 3);
  }
  for (const edge of edges.values()) positions.set(midpoint(mesh, edge), edge.vertex * 3);
  return { positions, indices: split(mesh, edges) };
}

function edgesOf(mesh: Triangles): Map<string, Edge> {
  const edges = new Map<string, Edge>();
  let vertex = mesh.positions.length / 3;
  for (let triangle = 0; triangle < mesh.indices.length / 3; triangle++) {
    const [a, b, c] = cornersOf(mesh, triangle);
    for (const [from, to, across] of [
      [a, b, c],
      [b, c, a],
      [c, a, b],
    ] as const) {
      const known = edges.get(edgeKey(from, to));
      if (known) known.across.push(across);
      else edges.set(edgeKey(from, to), { ends: [from, to], across: [across], vertex: vertex++ });
    }
  }
  return edges;
}

function edgeKey(a: number, b: number): string {
  return a < b ? `${a},${b}` : `${b},${a}`;
}

function neighboursOf(edges: ReadonlyMap<string, Edge>, vertices: number): number[][] {
  const neighbours = Array.from({ length: vertices }, (): number[] => []);
  for (const { ends } of edges.values()) {
    neighbours[ends[0]]?.push(ends[1]);
    neighbours[ends[1]]?.push(ends[0]);
  }
  return neighbours;
}

function smoothed(mesh: Triangles, vertex: number, around: readonly number[]): number[] {
  const weight = around.length === 3 ? 3 / 16 : 3 / (8 * around.length);
  const rest = 1 - weight * around.length;
  return blend(mesh, [[vertex, rest], ...around.map((other) => [other, weight] as const)]);
}

function midpoint(mesh: Triangles, { ends, across }: Edge): number[] {
  const inside = across.length === 2;
  const sides = inside ? across.map((corner) => [corner, 1 / 8] as const) : [];
  const half = inside ? 3 / 8 : 1 / 2;
  return blend(mesh, [[ends[0], half], [ends[1], half], ...sides]);
}

function blend(mesh: Triangles, parts: readonly (readonly [number, number])[]): number[] {
  let [x, y, z] = [0, 0, 0];
  for (const [vertex, weight] of parts) {
    const [px, py, pz] = vertexAt(mesh, vertex);
    x += px * weight;
    y += py * weight;
    z += pz * weight;
  }
  return [x, y, z];
}

function split(mesh: Triangles, edges: ReadonlyMap<string, Edge>): Uint32Array {
  const indices = new Uint32Array(mesh.indices.length * 4);
  const middle = (a: number, b: number) => edges.get(edgeKey(a, b))?.vertex ?? 0;
  for (let triangle = 0; triangle < mesh.indices.length / 3; triangle++) {
    const [a, b, c] = cornersOf(mesh, triangle);
    const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
    indices.set([a, ab, ca, b, bc, ab, c, ca, bc, ab, bc, ca], triangle * 12);
  }
  return indices;
}
