/** A meeting point for `parties` members; each time all are there, a generation is over and they go on. */
export interface Barrier {
  readonly parties: number;
  readonly generation: number;
  readonly arrived: readonly string[];
  /** Who was there when the last generation ended: a member that asks again learns that it may go. */
  readonly released: readonly string[];
}

export function newBarrier(parties: number): Barrier {
  return { parties, generation: 0, arrived: [], released: [] };
}

/** Arriving twice counts once, also after the barrier opened: a member has a new name for each generation. */
export function arrive(barrier: Barrier, member: string): Barrier {
  const { parties, generation, arrived, released } = barrier;
  if (released.includes(member) || arrived.includes(member)) return barrier;
  const all = [...arrived, member];
  if (all.length < parties) return { ...barrier, arrived: all };
  return { parties, generation: generation + 1, arrived: [], released: all };
}

/** Who waits no longer is not counted. */
export function leave(barrier: Barrier, member: string): Barrier {
  return { ...barrier, arrived: barrier.arrived.filter((each) => each !== member) };
}

export function mayGo(barrier: Barrier, member: string): boolean {
  return barrier.released.includes(member);
}
