import { type Hit, MATERIAL, type Ray } from './hit.ts';
import type { Mesh } from './mesh-file.ts';
import { MeshTracer } from './mesh-tracer.ts';
import { LAMP, ROOM, SPHERES } from './scene.ts';

/** How far from a surface the rays that leave it start, so that they do not meet it again. */
export const SKIN = 0.0002;

/** Finds where rays meet the room and what is in it. Every ray starts in the room. */
export class SceneTracer {
  readonly #mesh: MeshTracer;

  constructor(mesh: Mesh) {
    this.#mesh = new MeshTracer(mesh);
  }

  nearest(ray: Ray, hit: Hit): void {
    meetWalls(ray, hit);
    for (const sphere of SPHERES) meetSphere(ray, hit, sphere);
    this.#mesh.nearest(ray, hit);
  }

  /** How much light passes along a ray up to `distance`. */
  openness(ray: Ray, distance: number): number {
    let openness = 1;
    for (const sphere of SPHERES) {
      if (distanceTo(ray, sphere) >= distance) continue;
      if (sphere.material === 'mirror') return 0;
      openness *= throughGlass(ray, sphere);
    }
    return this.#mesh.blocks(ray, distance) ? 0 : openness;
  }
}

type Sphere = (typeof SPHERES)[number];

function meetWalls(ray: Ray, hit: Hit): void {
  hit.distance = Number.POSITIVE_INFINITY;
  const { ox, oy, oz, dx, dy, dz } = ray;
  const x = dx > 0 ? (ROOM.right - ox) / dx : dx < 0 ? (ROOM.left - ox) / dx : hit.distance;
  const y = dy > 0 ? (ROOM.ceiling - oy) / dy : dy < 0 ? (ROOM.floor - oy) / dy : hit.distance;
  const z = dz > 0 ? (ROOM.front - oz) / dz : dz < 0 ? (ROOM.back - oz) / dz : hit.distance;
  hit.nx = 0;
  hit.ny = 0;
  hit.nz = 0;
  if (x < y && x < z) {
    hit.distance = x;
    hit.nx = dx > 0 ? -1 : 1;
    hit.material = dx > 0 ? MATERIAL.right : MATERIAL.left;
  } else if (y < z) {
    hit.distance = y;
    hit.ny = dy > 0 ? -1 : 1;
    hit.material = dy > 0 ? overhead(ox + dx * y, oz + dz * y) : MATERIAL.floor;
  } else {
    hit.distance = z;
    hit.nz = dz > 0 ? -1 : 1;
    hit.material = dz > 0 ? MATERIAL.front : MATERIAL.back;
  }
}

function overhead(x: number, z: number): number {
  const inLamp = x > LAMP.left && x < LAMP.right && z > LAMP.back && z < LAMP.front;
  return inLamp ? MATERIAL.lamp : MATERIAL.ceiling;
}

function meetSphere(ray: Ray, hit: Hit, sphere: Sphere): void {
  const distance = distanceTo(ray, sphere);
  if (distance >= hit.distance) return;
  hit.distance = distance;
  hit.nx = (ray.ox + ray.dx * distance - sphere.x) / sphere.radius;
  hit.ny = (ray.oy + ray.dy * distance - sphere.y) / sphere.radius;
  hit.nz = (ray.oz + ray.dz * distance - sphere.z) / sphere.radius;
  hit.material = MATERIAL[sphere.material];
}

/** Infinity where the ray misses it. */
function distanceTo(ray: Ray, sphere: Sphere): number {
  const x = ray.ox - sphere.x;
  const y = ray.oy - sphere.y;
  const z = ray.oz - sphere.z;
  const towards = -(x * ray.dx + y * ray.dy + z * ray.dz);
  const outside = x * x + y * y + z * z - sphere.radius * sphere.radius;
  const square = towards * towards - outside;
  if (square < 0) return Number.POSITIVE_INFINITY;
  const half = Math.sqrt(square);
  if (towards - half > 0) return towards - half;
  return towards + half > 0 ? towards + half : Number.POSITIVE_INFINITY;
}

/**
 * Light through the middle of a glass ball gathers behind it, light near its rim is lost. That a ray towards the lamp
 * goes straight on is not true, but makes the shadow bright inside as a real one is, without its noise.
 */
function throughGlass(ray: Ray, sphere: Sphere): number {
  const x = ray.ox - sphere.x;
  const y = ray.oy - sphere.y;
  const z = ray.oz - sphere.z;
  const towards = x * ray.dx + y * ray.dy + z * ray.dz;
  const aside = (x * x + y * y + z * z - towards * towards) / (sphere.radius * sphere.radius);
  const middle = aside < 1 ? 1 - aside : 0;
  return 0.12 + 1.9 * middle * middle * middle;
}
