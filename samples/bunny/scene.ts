// The picture: a closed room as wide as the picture is, seen through its front wall. Lengths are metres, colours are
// linear, y is up and z points at the camera.

export const ROOM = {
  left: -1.5,
  right: 1.5,
  floor: 0,
  ceiling: 2.25,
  back: -1.4,
  front: 1.7,
} as const;

/** The wall one sees through, and from how far. */
export const CAMERA = { x: 0, y: 1.125, z: 5.6, width: 2.94, height: 2.205 } as const;

/** A rectangle in the ceiling that shines downwards. */
export const LAMP = {
  left: -0.6,
  right: 0.6,
  back: -0.35,
  front: 0.55,
  radiance: [17, 15.2, 12.6],
} as const;

/** `turn` is a rotation about the vertical axis. */
export const BUNNY = {
  scale: 0.15,
  turn: { cosine: 0.96, sine: -0.28 },
  at: { x: -0.3, y: 0.0005, z: -0.1 },
} as const;

export const SPHERES = [
  { x: 0.8, y: 0.34, z: 0.62, radius: 0.34, material: 'glass' },
  { x: 0.88, y: 0.55, z: -0.72, radius: 0.55, material: 'mirror' },
] as const;

/** Reflected fraction of each colour. */
export const ALBEDO = {
  left: [0.62, 0.055, 0.045],
  right: [0.1, 0.42, 0.09],
  floor: [0.68, 0.66, 0.62],
  ceiling: [0.74, 0.73, 0.7],
  back: [0.74, 0.73, 0.7],
  front: [0.5, 0.5, 0.5],
  bunny: [0.8, 0.77, 0.72],
  mirror: [0.93, 0.94, 0.95],
  glass: [0.98, 0.99, 0.985],
} as const;
