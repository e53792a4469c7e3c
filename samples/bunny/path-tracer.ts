import { reflect, scatter } from './directions.ts';
import { Hit, MATERIAL, Ray } from './hit.ts';
import type { Sampler } from './sampler.ts';
import { ALBEDO, LAMP, ROOM } from './scene.ts';
import { type SceneTracer, SKIN } from './scene-tracer.ts';

const BOUNCES_MAX = 6;
const ROULETTE_FROM = 2;
/** Mirrored and refracted branches of one camera ray. */
const BRANCHES_MAX = 8;
/** A branch that carries less is not followed. */
const BRANCH_WEIGHT_MIN = 0.01;
/** Sampling dimensions: three pairs a bounce, a block for each branch; the first is the camera's. */
const DIMENSIONS_PER_BOUNCE = 3;
const DIMENSIONS_PER_BRANCH = DIMENSIONS_PER_BOUNCE * (BOUNCES_MAX + 1);
/** Reflected straight on by glass, lacquer and a polished floor. */
const REFLECTANCE = 0.04;
const GLASS_INDEX = 1.5;

const COLOURS = Object.entries(ALBEDO).reduce((table, [name, colour]) => {
  table.set(colour, MATERIAL[name as keyof typeof ALBEDO] * 3);
  return table;
}, new Float64Array(30));

const LAMP_AREA = (LAMP.right - LAMP.left) * (LAMP.front - LAMP.back);

/** A sum of light, by colour. */
export class Light {
  red = 0;
  green = 0;
  blue = 0;

  clear(): void {
    this.red = 0;
    this.green = 0;
    this.blue = 0;
  }
}

interface Branch {
  readonly ray: Ray;
  red: number;
  green: number;
  blue: number;
  bounce: number;
}

/**
 * Follows light backwards from the camera. At a surface that scatters, the lamp is asked for directly; a path meets it
 * by chance only where all before it was mirrors and glass. Light that a mirror or glass throws on a surface is left
 * out: at this number of samples it would be noise.
 */
export class PathTracer {
  /** Light since `clear`: what the lamp sheds on the surface seen, or all that a mirror or glass shows. */
  readonly sharp = new Light();
  /** Light since `clear`: what the rest of the room sheds on the surface seen. */
  readonly soft = new Light();
  /** What the path last added met first. */
  readonly seen = new Hit();
  readonly #scene: SceneTracer;
  readonly #sampler: Sampler;
  readonly #ray = new Ray();
  readonly #toLamp = new Ray();
  readonly #hit = new Hit();
  readonly #branches: readonly Branch[] = Array.from({ length: BRANCHES_MAX }, () => ({
    ray: new Ray(),
    red: 0,
    green: 0,
    blue: 0,
    bounce: 0,
  }));
  #branchCount = 0;
  // What is left of the light at this point of the path, by colour.
  #weightRed = 1;
  #weightGreen = 1;
  #weightBlue = 1;
  /** Nothing has scattered the path yet. */
  #straight = true;
  /** Where the light that this path finds is added. */
  #light = this.sharp;

  constructor(scene: SceneTracer, sampler: Sampler) {
    this.#scene = scene;
    this.#sampler = sampler;
  }

  clear(): void {
    this.sharp.clear();
    this.soft.clear();
  }

  /** Adds the light that comes along a ray; the sampler stands at its pixel and sample. */
  add(ray: Ray): void {
    this.#branchCount = 0;
    copyRay(ray, this.#ray);
    this.#weightRed = 1;
    this.#weightGreen = 1;
    this.#weightBlue = 1;
    this.#follow(0, 1);
    for (let next = 0; next < this.#branchCount; next++) {
      const branch = this.#branches[next] as Branch;
      copyRay(branch.ray, this.#ray);
      this.#weightRed = branch.red;
      this.#weightGreen = branch.green;
      this.#weightBlue = branch.blue;
      this.#follow(branch.bounce, 1 + (next + 1) * DIMENSIONS_PER_BRANCH);
    }
  }

  #follow(from: number, dimensions: number): void {
    this.#straight = true;
    this.#light = this.sharp;
    for (let bounce = from; bounce < BOUNCES_MAX; bounce++) {
      this.#scene.nearest(this.#ray, this.#hit);
      if (bounce === 0) copyHit(this.#hit, this.seen);
      this.#advance();
      const { material } = this.#hit;
      if (material === MATERIAL.lamp) {
        if (this.#straight) this.#addLight(1);
        return;
      }
      if (material === MATERIAL.glass) this.#refract(bounce);
      else if (material === MATERIAL.mirror) this.#mirror();
      else if (!this.#scatter(bounce, dimensions + bounce * DIMENSIONS_PER_BOUNCE)) return;
    }
  }

  /** Whether what the path met first has a colour of its own: its gloss may be blurred, a mirror may not. */
  #seesSurface(): boolean {
    return this.seen.material !== MATERIAL.mirror && this.seen.material !== MATERIAL.glass;
  }

  #addLight(part: number): void {
    this.#light.red += this.#weightRed * LAMP.radiance[0] * part;
    this.#light.green += this.#weightGreen * LAMP.radiance[1] * part;
    this.#light.blue += this.#weightBlue * LAMP.radiance[2] * part;
  }

  /** Moves the ray's origin to what it met. */
  #advance(): void {
    const [ray, hit] = [this.#ray, this.#hit];
    ray.ox += ray.dx * hit.distance;
    ray.oy += ray.dy * hit.distance;
    ray.oz += ray.dz * hit.distance;
  }

  /** Moves the ray's origin off the surface, to the side the normal points to, or the other. */
  #leave(side: number): void {
    const [ray, hit] = [this.#ray, this.#hit];
    ray.ox += hit.nx * SKIN * side;
    ray.oy += hit.ny * SKIN * side;
    ray.oz += hit.nz * SKIN * side;
  }

  /** Colours the path by the material it met. */
  #tint(): void {
    const at = this.#hit.material * 3;
    this.#weightRed *= COLOURS[at] as number;
    this.#weightGreen *= COLOURS[at + 1] as number;
    this.#weightBlue *= COLOURS[at + 2] as number;
  }

  #fade(part: number): void {
    this.#weightRed *= part;
    this.#weightGreen *= part;
    this.#weightBlue *= part;
  }

  #mirror(): void {
    const { nx, ny, nz } = this.#hit;
    this.#tint();
    reflect(this.#ray, nx, ny, nz);
    this.#leave(1);
  }

  /** Goes through the glass; what its surface reflects is a branch, as long as nothing has scattered. */
  #refract(bounce: number): void {
    const [ray, hit] = [this.#ray, this.#hit];
    const towards = ray.dx * hit.nx + ray.dy * hit.ny + ray.dz * hit.nz;
    const entering = towards < 0;
    const ratio = entering ? 1 / GLASS_INDEX : GLASS_INDEX;
    const square = 1 - ratio * ratio * (1 - towards * towards);
    if (square <= 0) {
      reflect(ray, hit.nx, hit.ny, hit.nz);
      this.#leave(-1);
      return;
    }
    const through = Math.sqrt(square);
    const reflected = reflectance(entering ? -towards : through);
    if (this.#straight) this.#branch(reflected, bounce, entering ? 1 : -1);
    this.#tint();
    const bend = entering ? -ratio * towards - through : through - ratio * towards;
    ray.dx = ratio * ray.dx + bend * hit.nx;
    ray.dy = ratio * ray.dy + bend * hit.ny;
    ray.dz = ratio * ray.dz + bend * hit.nz;
    this.#leave(entering ? -1 : 1);
  }

  /** Leaves a mirrored ray of this weight for later, and takes the weight from the path. */
  #branch(weight: number, bounce: number, side: number): void {
    const heaviest = Math.max(this.#weightRed, this.#weightGreen, this.#weightBlue);
    if (this.#branchCount < BRANCHES_MAX && heaviest * weight > BRANCH_WEIGHT_MIN) {
      const branch = this.#branches[this.#branchCount++] as Branch;
      const { nx, ny, nz } = this.#hit;
      copyRay(this.#ray, branch.ray);
      reflect(branch.ray, nx, ny, nz);
      branch.ray.ox += nx * SKIN * side;
      branch.ray.oy += ny * SKIN * side;
      branch.ray.oz += nz * SKIN * side;
      branch.red = this.#weightRed * weight;
      branch.green = this.#weightGreen * weight;
      branch.blue = this.#weightBlue * weight;
      branch.bounce = bounce + 1;
    }
    this.#fade(1 - weight);
  }

  /** Adds the lamp's light here, and goes on in a random direction; false where the path ends. */
  #scatter(bounce: number, dimension: number): boolean {
    const [ray, hit] = [this.#ray, this.#hit];
    const towards = ray.dx * hit.nx + ray.dy * hit.ny + ray.dz * hit.nz;
    const side = towards < 0 ? 1 : -1;
    const polished = hit.material === MATERIAL.bunny || hit.material === MATERIAL.floor;
    if (polished && this.#straight && side > 0) this.#branch(reflectance(-towards), bounce, 1);
    this.#leave(side);
    this.#tint();
    this.#addLampLight(side, dimension);
    if (bounce + 1 >= BOUNCES_MAX || !this.#survives(bounce, dimension + 1)) return false;
    this.#sampler.draw(dimension + 2);
    scatter(ray, hit.nx * side, hit.ny * side, hit.nz * side, this.#sampler);
    this.#straight = false;
    if (this.#seesSurface()) this.#light = this.soft;
    return true;
  }

  /** Ends dim paths early, and lets those that go on speak for them. */
  #survives(bounce: number, dimension: number): boolean {
    if (bounce < ROULETTE_FROM) return true;
    const chance = Math.min(0.95, Math.max(this.#weightRed, this.#weightGreen, this.#weightBlue));
    this.#sampler.draw(dimension);
    if (this.#sampler.u >= chance) return false;
    this.#fade(1 / chance);
    return true;
  }

  #addLampLight(side: number, dimension: number): void {
    const [from, hit, ray] = [this.#ray, this.#hit, this.#toLamp];
    this.#sampler.draw(dimension);
    const x = LAMP.left + this.#sampler.u * (LAMP.right - LAMP.left) - from.ox;
    const y = ROOM.ceiling - from.oy;
    const z = LAMP.back + this.#sampler.v * (LAMP.front - LAMP.back) - from.oz;
    const square = x * x + y * y + z * z;
    const distance = Math.sqrt(square);
    const cosine = ((hit.nx * x + hit.ny * y + hit.nz * z) / distance) * side;
    if (cosine <= 0 || y <= 0) return;
    ray.ox = from.ox;
    ray.oy = from.oy;
    ray.oz = from.oz;
    ray.dx = x / distance;
    ray.dy = y / distance;
    ray.dz = z / distance;
    const open = this.#scene.openness(ray, distance);
    if (open > 0) this.#addLight((open * cosine * ray.dy * LAMP_AREA) / (square * Math.PI));
  }
}

/** Schlick's approximation of Fresnel's law. */
function reflectance(cosine: number): number {
  const rest = 1 - cosine;
  const square = rest * rest;
  return REFLECTANCE + (1 - REFLECTANCE) * square * square * rest;
}

function copyHit(from: Hit, to: Hit): void {
  to.distance = from.distance;
  to.nx = from.nx;
  to.ny = from.ny;
  to.nz = from.nz;
  to.material = from.material;
}

function copyRay(from: Ray, to: Ray): void {
  to.ox = from.ox;
  to.oy = from.oy;
  to.oz = from.oz;
  to.dx = from.dx;
  to.dy = from.dy;
  to.dz = from.dz;
}
