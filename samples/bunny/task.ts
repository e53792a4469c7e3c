import { Camera } from './camera.ts';
import { MESH_PATH, readMesh } from './mesh-file.ts';
import { SceneTracer } from './scene-tracer.ts';

/** A part of the picture, in pixels. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** A power of two. */
  readonly samplesPerPixel: number;
}

export interface RenderedTile extends Tile {
  readonly rgba: Uint8Array;
}

/** What this task needs of the grid. */
interface Context {
  readonly args: Picture;
  readonly files: { read(path: string): Promise<Uint8Array> };
}

/** Kept between the tiles that a worker renders. */
let scene: SceneTracer | undefined;

/** Renders a tile of the bunny in its room. The same bytes on every engine. */
export default async function render(tile: Tile, context: Context): Promise<RenderedTile> {
  scene ??= new SceneTracer(readMesh(await context.files.read(MESH_PATH)));
  return { ...tile, rgba: new Camera(scene, context.args).take(tile) };
}
