/** A triangle mesh: three coordinates a vertex, three vertex numbers a triangle. */
export interface Triangles {
  readonly positions: Float32Array;
  readonly indices: Uint32Array;
}

type Vector = readonly [number, number, number];

export function vertexAt(mesh: Triangles, vertex: number): Vector {
  const at = vertex * 3;
  return [mesh.positions[at] ?? 0, mesh.positions[at + 1] ?? 0, mesh.positions[at + 2] ?? 0];
}

export function cornersOf(mesh: Triangles, triangle: number): Vector {
  const at = triangle * 3;
  return [mesh.indices[at] ?? 0, mesh.indices[at + 1] ?? 0, mesh.indices[at + 2] ?? 0];
}

/** Unit normals of the vertices: the sum of the normals of their triangles, weighted by area. */
export function vertexNormals(mesh: Triangles): Float32Array {
  const sums = new Float64Array(mesh.positions.length);
  for (let triangle = 0; triangle < mesh.indices.length / 3; triangle++) {
    const corners = cornersOf(mesh, triangle);
    const normal = areaNormal(mesh, corners);
    for (const corner of corners) {
      for (let axis = 0; axis < 3; axis++) {
        sums[corner * 3 + axis] = (sums[corner * 3 + axis] ?? 0) + (normal[axis] ?? 0);
      }
    }
  }
  return normalized(sums);
}

function areaNormal(mesh: Triangles, corners: Vector): Vector {
  const [a, b, c] = [
    vertexAt(mesh, corners[0]),
    vertexAt(mesh, corners[1]),
    vertexAt(mesh, corners[2]),
  ];
  const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const [vx, vy, vz] = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}

function normalized(vectors: Float64Array): Float32Array {
  const unit = new Float32Array(vectors.length);
  for (let at = 0; at < vectors.length; at += 3) {
    const [x, y, z] = [vectors[at] ?? 0, vectors[at + 1] ?? 0, vectors[at + 2] ?? 0];
    const length = Math.sqrt(x * x + y * y + z * z) || 1;
    unit.set([x / length, y / length, z / length], at);
  }
  return unit;
}
