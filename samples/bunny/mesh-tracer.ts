import { NODE_WORDS } from './bvh.ts';
import { type Hit, MATERIAL, type Ray } from './hit.ts';
import type { Mesh } from './mesh-file.ts';

// Indices into typed arrays are in bounds as the builder made them, and a check in these loops would be most of their
// work: hence `as number`. Should a file lie, a read gives undefined, a comparison with NaN fails, and the walk ends.

const STACK_MAX = 64;
/** A corner and two sides. */
const TRIANGLE_WORDS = 9;
const NOTHING = -1;

/** Finds where rays meet a mesh. */
export class MeshTracer {
  readonly #mesh: Mesh;
  readonly #triangles: Float32Array;
  readonly #stack = new Int32Array(STACK_MAX);
  readonly #stackDistances = new Float64Array(STACK_MAX);
  #triangle = NOTHING;
  #distance = 0;
  #u = 0;
  #v = 0;

  constructor(mesh: Mesh) {
    this.#mesh = mesh;
    this.#triangles = trianglesOf(mesh);
  }

  /** Overwrites `hit` where the mesh is nearer than it. */
  nearest(ray: Ray, hit: Hit): void {
    this.#walk(ray, hit.distance, false);
    if (this.#triangle === NOTHING) return;
    hit.distance = this.#distance;
    hit.material = MATERIAL.bunny;
    this.#setNormal(hit);
  }

  /** Whether anything of the mesh is nearer than `distance`. */
  blocks(ray: Ray, distance: number): boolean {
    this.#walk(ray, distance, true);
    return this.#triangle !== NOTHING;
  }

  #walk(ray: Ray, distance: number, any: boolean): void {
    const { nodes, references } = this.#mesh;
    const { ox, oy, oz } = ray;
    const [ix, iy, iz] = [1 / ray.dx, 1 / ray.dy, 1 / ray.dz];
    this.#triangle = NOTHING;
    this.#distance = distance;
    const [stack, stackDistances] = [this.#stack, this.#stackDistances];
    let limit = distance;
    let depth = 0;
    let node = 0;
    for (;;) {
      if (node < 0) {
        this.#testLeaf(ray, ~node);
        if (any && this.#triangle !== NOTHING) return;
        limit = this.#distance;
      } else {
        const at = node * NODE_WORDS;
        const left = entryInto(nodes, at, ox, oy, oz, ix, iy, iz, limit);
        const right = entryInto(nodes, at + 6, ox, oy, oz, ix, iy, iz, limit);
        const leftChild = references[at + 12] as number;
        const rightChild = references[at + 13] as number;
        const leftFirst = left <= right;
        if ((leftFirst ? right : left) < limit) {
          stack[depth] = leftFirst ? rightChild : leftChild;
          stackDistances[depth++] = leftFirst ? right : left;
        }
        if ((leftFirst ? left : right) < limit) {
          node = leftFirst ? leftChild : rightChild;
          continue;
        }
      }
      do {
        if (depth === 0) return;
        node = stack[--depth] as number;
      } while ((stackDistances[depth] as number) >= limit);
    }
  }

  /** Möller and Trumbore's test against each triangle of a leaf. */
  #testLeaf(ray: Ray, leaf: number): void {
    const triangles = this.#triangles;
    const { ox, oy, oz, dx, dy, dz } = ray;
    const first = leaf >> 3;
    const end = first + (leaf & 7);
    for (let triangle = first; triangle < end; triangle++) {
      const at = triangle * TRIANGLE_WORDS;
      const ax = triangles[at + 3] as number;
      const ay = triangles[at + 4] as number;
      const az = triangles[at + 5] as number;
      const bx = triangles[at + 6] as number;
      const by = triangles[at + 7] as number;
      const bz = triangles[at + 8] as number;
      const px = dy * bz - dz * by;
      const py = dz * bx - dx * bz;
      const pz = dx * by - dy * bx;
      const inverse = 1 / (ax * px + ay * py + az * pz);
      const sx = ox - (triangles[at] as number);
      const sy = oy - (triangles[at + 1] as number);
      const sz = oz - (triangles[at + 2] as number);
      const u = (sx * px + sy * py + sz * pz) * inverse;
      if (!(u >= 0 && u <= 1)) continue;
      const qx = sy * az - sz * ay;
      const qy = sz * ax - sx * az;
      const qz = sx * ay - sy * ax;
      const v = (dx * qx + dy * qy + dz * qz) * inverse;
      if (!(v >= 0 && u + v <= 1)) continue;
      const distance = (bx * qx + by * qy + bz * qz) * inverse;
      if (!(distance > 0 && distance < this.#distance)) continue;
      this.#distance = distance;
      this.#triangle = triangle;
      this.#u = u;
      this.#v = v;
    }
  }

  /** Blends the normals of the corners, which hides that the mesh is flat between them. */
  #setNormal(hit: Hit): void {
    const { normals, indices } = this.#mesh;
    const a = (indices[this.#triangle * 3] as number) * 3;
    const b = (indices[this.#triangle * 3 + 1] as number) * 3;
    const c = (indices[this.#triangle * 3 + 2] as number) * 3;
    const [u, v] = [this.#u, this.#v];
    const w = 1 - u - v;
    const x = w * (normals[a] as number) + u * (normals[b] as number) + v * (normals[c] as number);
    const y =
      w * (normals[a + 1] as number) +
      u * (normals[b + 1] as number) +
      v * (normals[c + 1] as number);
    const z =
      w * (normals[a + 2] as number) +
      u * (normals[b + 2] as number) +
      v * (normals[c + 2] as number);
    const length = Math.sqrt(x * x + y * y + z * z);
    hit.nx = x / length;
    hit.ny = y / length;
    hit.nz = z / length;
  }
}

/** Where a ray enters the box at `at`, or `limit` where it does not do so before. `i…` are one over the direction. */
function entryInto(
  nodes: Float32Array,
  at: number,
  ox: number,
  oy: number,
  oz: number,
  ix: number,
  iy: number,
  iz: number,
  limit: number,
): number {
  const ax = ((nodes[at] as number) - ox) * ix;
  const bx = ((nodes[at + 3] as number) - ox) * ix;
  const ay = ((nodes[at + 1] as number) - oy) * iy;
  const by = ((nodes[at + 4] as number) - oy) * iy;
  const az = ((nodes[at + 2] as number) - oz) * iz;
  const bz = ((nodes[at + 5] as number) - oz) * iz;
  const near = Math.max(Math.min(ax, bx), Math.min(ay, by), Math.min(az, bz));
  const far = Math.min(Math.max(ax, bx), Math.max(ay, by), Math.max(az, bz));
  return near <= far && far > 0 && near < limit ? near : limit;
}

function trianglesOf({ positions, indices }: Mesh): Float32Array {
  const triangles = new Float32Array(indices.length * 3);
  for (let corner = 0; corner < indices.length; corner++) {
    const first = (indices[corner - (corner % 3)] as number) * 3;
    const vertex = (indices[corner] as number) * 3;
    for (let axis = 0; axis < 3; axis++) {
      const origin = corner % 3 === 0 ? 0 : (positions[first + axis] as number);
      triangles[corner * 3 + axis] = (positions[vertex + axis] as number) - origin;
    }
  }
  return triangles;
}
