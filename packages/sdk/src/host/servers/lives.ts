import { decodeValue, encodeValue, LIMITS, z } from '@manytabs/protocol';

const text = z.string().check(z.maxLength(LIMITS.NAME_CHARS_MAX * 2));
const epoch = z.int().check(z.positive());

/** One run of a server, from its start to its end. */
export const lifeSchema = z.object({
  epoch,
  /** The server, over its restarts. */
  server: text,
  /** Where other servers reach it, and where people do. */
  address: text,
  url: text,
  /** Raised again and again as long as it lives. */
  beat: z.int().check(z.nonnegative()),
  /** It has said goodbye: its jobs are anybody's. */
  left: z.boolean(),
  /** The life that has taken its jobs over, and whether that has read them. */
  heir: z.optional(epoch),
  settled: z.boolean(),
});
export type Life = z.infer<typeof lifeSchema>;

export const LIVES = 'servers/';

/** Names sort as numbers do. */
export function lifeKey(of: number): string {
  return `${LIVES}${String(of).padStart(8, '0')}`;
}

export function encodeLife(life: Life): Uint8Array {
  return encodeValue(life);
}

/** Undefined for what no version of this program wrote. */
export function decodeLife(bytes: Uint8Array): Life | undefined {
  const parsed = lifeSchema.safeParse(decodeValue(bytes));
  return parsed.success ? parsed.data : undefined;
}

/** What is known of all lives, and who has whose jobs. */
export class Lives {
  #all = new Map<number, Life>();

  replace(lives: Iterable<Life>): void {
    this.#all = new Map([...lives].map((life) => [life.epoch, life]));
  }

  get(of: number): Life | undefined {
    return this.#all.get(of);
  }

  all(): Iterable<Life> {
    return this.#all.values();
  }

  /** Lives that nobody has taken over and that have not left. */
  present(): Life[] {
    return [...this.#all.values()].filter(({ heir, left }) => heir === undefined && !left);
  }

  /** Who has the jobs of a life, or will have them once it has read them. */
  heirOf(of: number): Life | undefined {
    let life = this.#all.get(of);
    for (let hops = this.#all.size; life?.heir !== undefined && hops > 0; hops--) {
      life = this.#all.get(life.heir);
    }
    return life;
  }

  /** Who answers for the jobs of a life now; undefined while they are between two servers. */
  ownerOf(of: number): Life | undefined {
    const owner = this.heirOf(of);
    if (!owner || owner.left) return undefined;
    return this.#isSettled(of) ? owner : undefined;
  }

  /** The lives whose jobs the given one has, or is to read: its own and those of whom it is an heir. */
  heritageOf(heir: number): Life[] {
    return [...this.#all.values()].filter((life) => this.heirOf(life.epoch)?.epoch === heir);
  }

  /** Of the lives that an heir took over itself the one by which it has the jobs of a life; its own are its own. */
  wayTo(heir: number, of: number): number | undefined {
    let life = this.#all.get(of);
    for (let hops = this.#all.size; life && hops > 0; hops--) {
      if (life.epoch === heir || life.heir === heir) return life.epoch;
      life = life.heir === undefined ? undefined : this.#all.get(life.heir);
    }
    return undefined;
  }

  /** A life with those that it was to take over and had not read, and so on: any of them may still write. */
  unreadBy(life: Life): Life[] {
    const found = [life];
    for (const one of found) {
      const fresh = [...this.#all.values()].filter(
        ({ heir, settled }) => heir === one.epoch && !settled,
      );
      found.push(...fresh.filter((next) => !found.includes(next)));
    }
    return found;
  }

  /** Of a chain of heirs only the last matters: whoever takes over takes over all of it. */
  #isSettled(of: number): boolean {
    let life = this.#all.get(of);
    let settled = true;
    for (let hops = this.#all.size; life?.heir !== undefined && hops > 0; hops--) {
      settled = life.settled;
      life = this.#all.get(life.heir);
    }
    return settled;
  }
}
