import type { Ray } from './hit.ts';
import type { Sampler } from './sampler.ts';

// No sine or cosine: engines may differ in their last bit, and volunteers' results must not.

/** Turns the ray to a direction around the normal, as likely as its cosine to it (Lambert's law). */
export function scatter(ray: Ray, nx: number, ny: number, nz: number, sampler: Sampler): void {
  const { u, v } = sampler;
  const [a, b] = [2 * u - 1, 2 * v - 1];
  // Shirley and Chiu's map from the square to the disk, which keeps neighbours together.
  const wide = a * a > b * b;
  const radius = wide ? a : b;
  const eighth = radius === 0 ? 0 : ((wide ? b : a) / radius) * (Math.PI / 4);
  const cosine = cosineOf(eighth);
  const sine = sineOf(eighth);
  const x = radius * (wide ? cosine : sine);
  const y = radius * (wide ? sine : cosine);
  const rest = 1 - x * x - y * y;
  turn(ray, nx, ny, nz, x, y, rest > 0 ? Math.sqrt(rest) : 0);
}

export function reflect(ray: Ray, nx: number, ny: number, nz: number): void {
  const twice = 2 * (ray.dx * nx + ray.dy * ny + ray.dz * nz);
  ray.dx -= twice * nx;
  ray.dy -= twice * ny;
  ray.dz -= twice * nz;
}

/** Sets the direction to (x, y, z) in a frame whose z is the normal (Duff and others, JCGT 6(1), 2017). */
function turn(ray: Ray, nx: number, ny: number, nz: number, x: number, y: number, z: number): void {
  const sign = nz < 0 ? -1 : 1;
  const a = -1 / (sign + nz);
  const b = nx * ny * a;
  const dx = x * (1 + sign * nx * nx * a) + y * b + z * nx;
  const dy = x * sign * b + y * (sign + ny * ny * a) + z * ny;
  const dz = -x * sign * nx - y * ny + z * nz;
  const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
  ray.dx = dx / length;
  ray.dy = dy / length;
  ray.dz = dz / length;
}

/** Within an eighth of a turn; wrong by less than 4e-8. */
function sineOf(angle: number): number {
  const square = angle * angle;
  return angle * (1 - (square / 6) * (1 - (square / 20) * (1 - square / 42)));
}

/** Within an eighth of a turn; wrong by less than 4e-8. */
function cosineOf(angle: number): number {
  const square = angle * angle;
  return 1 - (square / 2) * (1 - (square / 12) * (1 - (square / 30) * (1 - square / 56)));
}
