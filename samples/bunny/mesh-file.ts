import { NODE_WORDS } from './bvh.ts';

/** Where a task finds the mesh. */
export const MESH_PATH = '/in/bunny.mesh';

/** 'MTM1', little endian, as are all words of the file. */
const MAGIC = 0x314d544d;
const HEADER_WORDS = 4;

/**
 * A mesh with its hierarchy, ready to be traced. As a file: four header words (magic, vertices, triangles, nodes), then
 * nodes, positions and normals as 32-bit words, then three 16-bit vertex numbers a triangle.
 */
export interface Mesh {
  readonly nodes: Float32Array;
  /** The same words as `nodes`, for the references in them. */
  readonly references: Int32Array;
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly indices: Uint16Array;
}

export function writeMesh(mesh: Omit<Mesh, 'references'>): Uint8Array<ArrayBuffer> {
  const parts = [mesh.nodes, mesh.positions, mesh.normals, mesh.indices];
  const counts = [
    mesh.positions.length / 3,
    mesh.indices.length / 3,
    mesh.nodes.length / NODE_WORDS,
  ];
  const header = Uint32Array.from([MAGIC, ...counts]);
  const bytes = new Uint8Array(
    parts.reduce((sum, part) => sum + part.byteLength, header.byteLength),
  );
  let at = 0;
  for (const part of [header, ...parts]) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}

/** @throws {Error} where the bytes are no mesh: a task has no other words for it. */
export function readMesh(file: Uint8Array): Mesh {
  const buffer = file.slice().buffer;
  const [magic, vertices, triangles, nodeCount] = new Uint32Array(buffer, 0, HEADER_WORDS);
  if (magic !== MAGIC || !vertices || !triangles || !nodeCount) throw new Error('not a mesh');
  const nodesAt = HEADER_WORDS * 4;
  const positionsAt = nodesAt + nodeCount * NODE_WORDS * 4;
  const normalsAt = positionsAt + vertices * 12;
  return {
    nodes: new Float32Array(buffer, nodesAt, nodeCount * NODE_WORDS),
    references: new Int32Array(buffer, nodesAt, nodeCount * NODE_WORDS),
    positions: new Float32Array(buffer, positionsAt, vertices * 3),
    normals: new Float32Array(buffer, normalsAt, vertices * 3),
    indices: new Uint16Array(buffer, normalsAt + vertices * 12, triangles * 3),
  };
}
