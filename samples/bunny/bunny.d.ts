declare module 'bunny' {
  type Triple = readonly [number, number, number];
  export const positions: readonly Triple[];
  export const cells: readonly Triple[];
}
