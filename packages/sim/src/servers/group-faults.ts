import type { Prng } from '@manytabs/protocol';
import type { GroupWorld } from './group-world.ts';
import type { Server } from './server.ts';

const CALLS_TO_DEATH_MAX = 30;
const FREEZE_MS_MAX = 15_000;
const CUT_MS_MAX = 15_000;
const HOUR_MS = 3_600_000;

/** Breaks servers, what is between them, and their way to the store, for as long as the faults go on. */
export class GroupFaults {
  readonly #world: GroupWorld;
  readonly #prng: Prng;
  readonly #until: number;

  constructor(world: GroupWorld, prng: Prng, until: number) {
    this.#world = world;
    this.#prng = prng;
    this.#until = until;
  }

  start(): void {
    const { options } = this.#world;
    const prng = this.#prng;
    this.#every(options.crashEveryMs, 'crash', ({ process }) =>
      process?.killAfterCalls(1 + prng.int(CALLS_TO_DEATH_MAX), prng),
    );
    this.#every(options.freezeEveryMs, 'freeze', ({ process }) =>
      process?.freeze(prng.int(FREEZE_MS_MAX)),
    );
    this.#every(options.cutEveryMs, 'cut', ({ access }) => access?.cut(prng.int(CUT_MS_MAX)));
    this.#every(options.leaveEveryMs, 'leave', (server) => server.leave());
    this.#every(options.clockEveryMs, 'clock-back', ({ process }) =>
      process?.setClockBack(HOUR_MS),
    );
    this.#every(options.breakEveryMs, 'break', ({ links }) => {
      for (const wire of links) if (prng.chance(0.3)) wire.break();
      for (const wire of links) if (prng.chance(0.2)) wire.stall(prng.chance(0.5) ? 'up' : 'down');
    });
  }

  #every(meanMs: number, what: string, strike: (server: Server) => void): void {
    if (meanMs === 0) return;
    this.#world.queue.after(1 + this.#prng.int(2 * meanMs), () => {
      if (this.#world.queue.now >= this.#until) return;
      const server = this.#prng.pick(this.#world.servers);
      if (server) {
        this.#world.note(what, server.number);
        strike(server);
      }
      this.#every(meanMs, what, strike);
    });
  }
}
