import { type Entry, GridError, type KeyValue, type Timers, toGridError } from '@manytabs/protocol';
import { systemTimers } from '../../system-timers.ts';
import { listAll } from './list-all.ts';
import { decodeLife, encodeLife, LIVES, type Life, Lives, lifeKey } from './lives.ts';

export interface MembershipOptions {
  readonly keyValue: KeyValue;
  /** This server, over its restarts. */
  readonly server: string;
  readonly beatMs?: number | undefined;
  /** A life that did not beat for so long is taken over. */
  readonly deadMs?: number | undefined;
  /** Those of the system unless said. */
  readonly timers?: Timers | undefined;
  /** ms, of a clock that never runs backwards. */
  readonly now: () => number;
}

export interface MembershipUser {
  /** The jobs of these lives are ours now: fence who wrote them, and read them. */
  takeOver(lives: readonly Life[]): Promise<void>;
  /** Somebody came, died or took over. */
  onChanged(): void;
  /** Another server has taken our jobs over. */
  onFenced(reason: GridError): void;
  onTrouble(reason: GridError): void;
}

const BEAT_MS = 1_000;
const DEAD_MS = 4_000;
/** Of the newest lives nothing is forgotten. */
const LIVES_KEPT = 64;

/**
 * One life among the servers of a grid. It beats in the key-value store; whoever has not beaten for a while, by the
 * watcher's own clock, is taken over by the first that writes itself down as the heir. What a server believes of
 * others decides only who tries: the journal's fence decides who writes.
 */
export class Membership {
  readonly lives = new Lives();
  readonly epoch: number;
  readonly #options: MembershipOptions;
  #user: MembershipUser | undefined;
  /** Versions of the entries as last read, and since when each has been the same. */
  readonly #seen = new Map<number, { readonly version: number; readonly since: number }>();
  #self: Life;
  #version: number;
  #cancelTimer = () => {};
  #turn: Promise<void> = Promise.resolve();
  #settling: Promise<void> | undefined;
  #isOver = false;

  /** Begins a life, under an epoch that nobody had. */
  static async begin(options: MembershipOptions): Promise<Membership> {
    const { keyValue, server } = options;
    for (;;) {
      const entries = await listAll(keyValue, LIVES);
      const newest = entries.reduce((most, { key }) => Math.max(most, numberOf(key)), 0);
      const rest = { address: '', url: '', beat: 0, left: false, settled: false };
      const self: Life = { epoch: newest + 1, server, ...rest };
      const version = await putNew(keyValue, self);
      if (version !== undefined) return new Membership(options, self, version);
    }
  }

  private constructor(options: MembershipOptions, self: Life, version: number) {
    this.#options = options;
    this.#self = self;
    this.#version = version;
    this.epoch = self.epoch;
  }

  get self(): Life {
    return this.#self;
  }

  /** Begins to beat, and takes over what this server left behind when it died, and what others left. */
  async start(user: MembershipUser): Promise<void> {
    this.#user = user;
    await this.#read();
    this.#later();
    await user.takeOver([this.#self]);
    for (const life of [...this.lives.all()]) {
      if (this.#isOrphan(life) || this.#isFormerSelf(life)) await this.#claim(life);
    }
    await this.#settle();
  }

  /** Where people reach this server, once that is known. */
  tellAddresses(change: { readonly address: string; readonly url: string }): void {
    this.#self = { ...this.#self, ...change };
  }

  /**
   * Forgets lives of which nothing is left: taken over, no heir of anybody, and not among the newest, whose leases tabs may
   * still hold. `isNeeded` says whether something still names the life.
   */
  async prune(isNeeded: (epoch: number) => boolean, keep = LIVES_KEPT): Promise<number> {
    const { keyValue } = this.#options;
    for (const life of [...this.lives.all()]) await this.#shorten(life);
    const named = new Set([...this.lives.all()].map(({ heir }) => heir));
    let pruned = 0;
    for (const { epoch, heir, settled } of [...this.lives.all()]) {
      const isOver = heir !== undefined && settled && epoch <= this.epoch - keep;
      if (!isOver || named.has(epoch) || isNeeded(epoch)) continue;
      const found = await keyValue.get(lifeKey(epoch));
      if (found) await keyValue.delete(lifeKey(epoch), found.version);
      this.#seen.delete(epoch);
      pruned += 1;
    }
    if (pruned > 0) await this.#read();
    return pruned;
  }

  /** The heir of an heir is the heir, so that those between can be forgotten. */
  async #shorten(life: Life): Promise<void> {
    const between = life.heir === undefined ? undefined : this.lives.get(life.heir);
    if (!life.settled || between?.heir === undefined || !between.settled) return;
    if (await this.#replace(life, { ...life, heir: between.heir })) await this.#read();
  }

  /** Nothing is written any more. The others may take over at once. */
  async leave(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimer();
    await this.#turn;
    await this.#write({ left: true }).catch(() => {
      // They find out by themselves.
    });
  }

  #later(): void {
    if (this.#isOver) return;
    const { timers = systemTimers, beatMs = BEAT_MS } = this.#options;
    this.#cancelTimer = timers.after(beatMs, () => {
      this.#turn = this.#beat().finally(() => this.#later());
    });
  }

  async #beat(): Promise<void> {
    try {
      await this.#write({ beat: this.#self.beat + 1 });
      await this.#read();
      for (const life of [...this.lives.all()]) {
        if (this.#isOrphan(life) || this.#isDead(life)) await this.#claim(life);
      }
      // Reading all that was inherited may take longer than others wait for a beat.
      void this.#settle().catch((thrown) => this.#onTrouble(toGridError(thrown, 'storage-failed')));
    } catch (thrown) {
      // Who cannot read sees nobody beat, which tells nothing of them.
      this.#seen.clear();
      this.#onTrouble(toGridError(thrown, 'storage-failed'));
    }
  }

  #onTrouble(reason: GridError): void {
    if (reason.code !== 'epoch-stale') return this.#user?.onTrouble(reason);
    this.#isOver = true;
    this.#user?.onFenced(reason);
  }

  async #write(change: Partial<Pick<Life, 'beat' | 'left'>>): Promise<void> {
    const self = { ...this.#self, ...change };
    const key = lifeKey(this.epoch);
    const { keyValue } = this.#options;
    try {
      const expected = this.#version;
      this.#version = await keyValue.put(key, encodeLife(self), { expected });
    } catch (thrown) {
      if (toGridError(thrown, 'storage-failed').code !== 'version-conflict') throw thrown;
      // Ours, whose answer was lost, or an heir's.
      const found = await keyValue.get(key);
      const life = found && decodeLife(found.value);
      if (!found || !life || life.heir !== undefined) throw takenOver(life);
      this.#version = found.version;
    }
    // Its addresses may have been told meanwhile.
    this.#self = { ...this.#self, ...change };
  }

  async #read(): Promise<void> {
    const before = summaryOf(this.lives);
    const entries = await listAll(this.#options.keyValue, LIVES);
    const lives = entries.flatMap((entry) => this.#see(entry));
    this.lives.replace(lives);
    if (summaryOf(this.lives) !== before) this.#user?.onChanged();
  }

  #see({ key, value, version }: Entry): Life[] {
    const life = decodeLife(value);
    if (!life || numberOf(key) !== life.epoch) return [];
    if (this.#seen.get(life.epoch)?.version !== version) {
      this.#seen.set(life.epoch, { version, since: this.#options.now() });
    }
    return [life];
  }

  #isDead({ epoch, heir }: Life): boolean {
    if (epoch === this.epoch || heir !== undefined) return false;
    const since = this.#seen.get(epoch)?.since ?? Number.POSITIVE_INFINITY;
    return this.#options.now() - since >= (this.#options.deadMs ?? DEAD_MS);
  }

  /** It left and has no heir yet. */
  #isOrphan({ epoch, heir, left }: Life): boolean {
    return left && heir === undefined && epoch !== this.epoch;
  }

  /** One server runs once: its data directory is locked. */
  #isFormerSelf({ epoch, server, heir }: Life): boolean {
    return server === this.#self.server && heir === undefined && epoch !== this.epoch;
  }

  /** The first to write itself down is the heir, of everything that the life had. */
  async #claim(life: Life): Promise<void> {
    await this.#replace(life, { ...life, heir: this.epoch, settled: false });
    await this.#read();
  }

  /** Reads what was inherited, once at a time; what could not be read is tried again with a later beat. */
  #settle(): Promise<void> {
    this.#settling ??= this.#settleAll().finally(() => {
      this.#settling = undefined;
    });
    return this.#settling;
  }

  async #settleAll(): Promise<void> {
    for (const life of this.lives.heritageOf(this.epoch)) {
      if (life.heir !== this.epoch || life.settled || this.#isOver) continue;
      await this.#user?.takeOver(this.lives.unreadBy(life));
      await this.#replace(life, { ...life, settled: true });
      await this.#read();
    }
  }

  /** Writes unless somebody else has written since it was read. */
  async #replace(known: Life, next: Life): Promise<boolean> {
    const { keyValue } = this.#options;
    const key = lifeKey(known.epoch);
    const found = await keyValue.get(key);
    const life = found && decodeLife(found.value);
    if (!life || life.beat !== known.beat || life.heir !== known.heir) return false;
    try {
      await keyValue.put(key, encodeLife(next), { expected: found.version });
      return true;
    } catch (thrown) {
      if (toGridError(thrown, 'storage-failed').code === 'version-conflict') return false;
      throw thrown;
    }
  }
}

function takenOver(life: Life | undefined): GridError {
  const who = life?.heir === undefined ? 'Somebody' : `Server ${life.heir}`;
  return new GridError('epoch-stale', `${who} has taken over the jobs of this server.`);
}

function numberOf(key: string): number {
  return Number.parseInt(key.slice(LIVES.length), 10) || 0;
}

/** All that others act upon. */
function summaryOf(lives: Lives): string {
  const parts = [...lives.all()].map(({ epoch, heir, settled, left, address, url }) =>
    [epoch, heir, settled, left, address, url].join(),
  );
  return parts.join(';');
}

async function putNew(keyValue: KeyValue, life: Life): Promise<number | undefined> {
  try {
    return await keyValue.put(lifeKey(life.epoch), encodeLife(life), { expected: 0 });
  } catch (thrown) {
    if (toGridError(thrown, 'storage-failed').code === 'version-conflict') return undefined;
    throw thrown;
  }
}
