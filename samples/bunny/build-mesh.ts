import { cells, positions } from 'bunny';
import { buildBvh } from './bvh.ts';
import { writeMesh } from './mesh-file.ts';
import { BUNNY } from './scene.ts';
import { subdivide } from './subdivide.ts';
import { cornersOf, type Triangles, vertexNormals } from './triangles.ts';

/** The npm package holds 3,674 triangles, which shows in the silhouette; two rounds make 58,784. */
const ROUNDS = 2;

/** The Stanford bunny, smoothed and with its hierarchy, as a mesh file. The same bytes every time. */
export function buildMesh(): Uint8Array<ArrayBuffer> {
  let mesh: Triangles = {
    positions: Float32Array.from(positions.flatMap(placed)),
    indices: Uint32Array.from(cells.flat()),
  };
  for (let round = 0; round < ROUNDS; round++) mesh = subdivide(mesh);
  const { nodes, order } = buildBvh(mesh);
  return writeMesh({
    nodes,
    positions: mesh.positions,
    normals: vertexNormals(mesh),
    indices: Uint16Array.from([...order].flatMap((triangle) => [...cornersOf(mesh, triangle)])),
  });
}

/** A corner of the package's mesh where it stands in the room. */
function placed([x, y, z]: readonly [number, number, number]): number[] {
  const { scale, turn, at } = BUNNY;
  return [
    (x * turn.cosine + z * turn.sine) * scale + at.x,
    y * scale + at.y,
    (z * turn.cosine - x * turn.sine) * scale + at.z,
  ];
}
