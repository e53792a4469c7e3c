import type { Prng } from '@manytabs/protocol';
import type { Tab } from './tab.ts';
import type { World } from './world.ts';

const ABSENCE_MS_MAX = 60_000;
const EFFECTS_TO_CRASH_MAX = 60;
const KEEP_MAX = 40;
const STALL_MS_MAX = 60_000;
const SKEW_MS_MAX = 3_600_000;
const DOWN_MS_MAX = 20_000;

/** Breaks things at random for as long as the world's faults go on. */
export class Faults {
  readonly #world: World;
  readonly #prng: Prng;
  /** Of its own, so that the older faults of a seed stay as they were. */
  readonly #heirs: Prng;
  readonly #until: number;

  constructor(world: World, prng: Prng, until: number) {
    this.#world = world;
    this.#prng = prng;
    this.#heirs = prng.fork('heirs');
    this.#until = until;
  }

  start(): void {
    const { options } = this.#world;
    this.#every(options.breakEveryMs, (tab) => this.#break(tab));
    this.#every(options.partitionEveryMs, () => this.#partition());
    this.#every(options.freezeEveryMs, (tab) => this.#freeze(tab));
    this.#every(options.churnEveryMs, (tab) => this.#leave(tab));
    this.#every(options.donorEveryMs, (tab) => this.#press(tab));
    this.#every(options.crashEveryMs, () => this.#crash());
    this.#every(options.stallEveryMs, () => this.#world.host.stall(this.#prng.int(STALL_MS_MAX)));
    this.#every(options.foldEveryMs, () => this.#world.host.fold(this.#prng.int(KEEP_MAX)));
  }

  #every(meanMs: number, strike: (tab: Tab) => void): void {
    if (meanMs === 0) return;
    const waitMs = 1 + this.#prng.int(2 * meanMs);
    this.#world.queue.after(waitMs, () => {
      if (this.#world.queue.now >= this.#until) return;
      const tab = this.#prng.pick(this.#world.openTabs());
      if (tab) strike(tab);
      this.#every(meanMs, strike);
    });
  }

  /** Somewhere among the next effects, so that any of them may be the last; or now, in the middle of a commit. */
  #crash(): void {
    const { options, host } = this.#world;
    const effects = 1 + this.#prng.int(EFFECTS_TO_CRASH_MAX);
    const death = {
      downMs: this.#prng.int(DOWN_MS_MAX),
      isSentLost: this.#prng.chance(0.5),
      isTakenOver: this.#heirs.chance(0.5),
    };
    const skewMs = options.hasSkew ? this.#prng.int(2 * SKEW_MS_MAX) - SKEW_MS_MAX : 0;
    const isSlow = options.commitMsMax > 0 || options.stallEveryMs > 0;
    if (!isSlow || this.#prng.chance(0.5)) return host.crashAfter(effects, { ...death, skewMs });
    host.crash({ ...death, skewMs, isWritten: this.#prng.chance(0.5) });
  }

  #note(what: string, tab: Tab, a = 0): void {
    this.#world.trace.add(this.#world.queue.now, what, tab.number, a);
  }

  #break(tab: Tab): void {
    this.#note('break', tab);
    tab.wire?.break();
  }

  /** Cuts some tabs off, in one direction or both. */
  #partition(): void {
    const ms = 1_000 + this.#prng.int(30_000);
    const kind = this.#prng.int(3);
    for (const tab of this.#world.openTabs()) {
      if (!this.#prng.chance(0.3)) continue;
      const { wire } = tab;
      if (!wire) continue;
      this.#note('partition', tab, kind);
      if (kind !== 1) wire.stall('up');
      if (kind !== 2) wire.stall('down');
      this.#world.queue.after(ms, () => wire.heal());
    }
  }

  #freeze(tab: Tab): void {
    const ms = 500 + this.#prng.int(40_000);
    this.#note('freeze', tab, ms);
    tab.freeze(ms);
  }

  #leave(tab: Tab): void {
    const { options } = this.#world;
    const isPolite = this.#prng.chance(options.politeShare);
    const isReborn = this.#prng.chance(options.newIdentityShare);
    this.#note(isPolite ? 'stop' : 'vanish', tab);
    if (isPolite) tab.press(this.#prng.chance(0.5) ? 'finish' : 'stop');
    else tab.vanish();
    const absenceMs = this.#prng.int(ABSENCE_MS_MAX);
    this.#world.queue.after(absenceMs, () => this.#world.comeBack(tab, { isReborn }));
  }

  #press(tab: Tab): void {
    const ms = this.#prng.int(40_000);
    this.#note('pause', tab, ms);
    tab.press('pause');
    this.#world.queue.after(ms, () => tab.press('start'));
  }
}
