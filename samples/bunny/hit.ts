/** What a ray met. Numbers, so that a hit is overwritten and never allocated. */
export const MATERIAL = {
  left: 0,
  right: 1,
  floor: 2,
  ceiling: 3,
  back: 4,
  front: 5,
  bunny: 6,
  mirror: 7,
  glass: 8,
  lamp: 9,
} as const;

/** The nearest thing on a ray: how far it is, which way its surface faces there, and what it is made of. */
export class Hit {
  distance = 0;
  nx = 0;
  ny = 0;
  nz = 0;
  material: number = MATERIAL.front;
}

/** A ray; its direction has length one. */
export class Ray {
  ox = 0;
  oy = 0;
  oz = 0;
  dx = 0;
  dy = 0;
  dz = 0;
}
