import { Film, MARGIN } from './film.ts';
import { Ray } from './hit.ts';
import { PathTracer } from './path-tracer.ts';
import { Sampler } from './sampler.ts';
import { CAMERA, ROOM } from './scene.ts';
import type { SceneTracer } from './scene-tracer.ts';
import type { Picture, Tile } from './task.ts';

/** How many times the paths a pixel gets where its neighbours cannot help it. */
const ALONE_FACTOR = 4;

/** Takes the picture, tile by tile. */
export class Camera {
  readonly #picture: Picture;
  readonly #sampler: Sampler;
  readonly #paths: PathTracer;
  readonly #ray = new Ray();

  constructor(scene: SceneTracer, picture: Picture) {
    this.#picture = picture;
    this.#sampler = new Sampler(picture.samplesPerPixel * ALONE_FACTOR);
    this.#paths = new PathTracer(scene, this.#sampler);
  }

  take(tile: Tile): Uint8Array {
    const film = new Film(tile);
    for (let row = 0; row < tile.height + 2 * MARGIN; row++) {
      for (let column = 0; column < tile.width + 2 * MARGIN; column++) {
        const pixel = film.pixelAt(column, row);
        this.#shoot(film, pixel, tile.x + column - MARGIN, tile.y + row - MARGIN);
      }
    }
    return film.develop();
  }

  /** Gathers the light of the picture's pixel at (x, y). */
  #shoot(film: Film, pixel: number, x: number, y: number): void {
    const samples = this.#picture.samplesPerPixel;
    this.#paths.clear();
    for (let sample = 0; sample < samples; sample++) this.#addPath(film, pixel, { x, y, sample });
    if (film.isAlone(pixel)) {
      for (let sample = samples; sample < samples * ALONE_FACTOR; sample++) {
        this.#addPath(film, pixel, { x, y, sample });
      }
    }
    film.expose(pixel, this.#paths);
  }

  #addPath(film: Film, pixel: number, at: { x: number; y: number; sample: number }): void {
    this.#sampler.start(at.x, at.y, at.sample);
    this.#sampler.draw(0);
    this.#aim(at.x + 0.5 + tent(this.#sampler.u), at.y + 0.5 + tent(this.#sampler.v));
    this.#paths.add(this.#ray);
    film.note(pixel, this.#paths.seen);
  }

  /** A ray from the front wall inwards, along the line from the eye through a point of the picture. */
  #aim(x: number, y: number): void {
    const [ray, { width, height }] = [this.#ray, this.#picture];
    ray.ox = CAMERA.x + (x / width - 0.5) * CAMERA.width;
    ray.oy = CAMERA.y + (0.5 - y / height) * CAMERA.height;
    ray.oz = ROOM.front;
    const [dx, dy, dz] = [ray.ox - CAMERA.x, ray.oy - CAMERA.y, ray.oz - CAMERA.z];
    const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
    ray.dx = dx / length;
    ray.dy = dy / length;
    ray.dz = dz / length;
  }
}

/** Turns an even draw into one that is likelier near zero: a filter two pixels wide, as smooth edges need. */
function tent(u: number): number {
  return u < 0.5 ? Math.sqrt(2 * u) - 1 : 1 - Math.sqrt(2 - 2 * u);
}
