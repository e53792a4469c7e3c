import {
  COORDINATOR_PEER_ID,
  type GridError,
  type Lane,
  type Link,
  type Transport,
  toGridError,
} from '@manytabs/protocol';

/** What happens on a link that is made again whenever it breaks. */
export interface LinkUser {
  /**
   * A fresh link: the user introduces itself when challenged, and calls `accepted` once it is welcome. Frames go to
   * `onFrame` from the first on.
   */
  onLink(link: Link, accepted: () => void): void;
  onFrame(lane: Lane, frame: Uint8Array): void;
  /** An attempt failed, or a link that was up broke; another attempt follows. */
  onDown(reason: GridError): void;
  /** It will not be tried again. */
  onFatal(reason: GridError): void;
}

const CONNECT_MS = 6_000;
const BACKOFF_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;
const FATAL: ReadonlySet<string> = new Set([
  'version-mismatch',
  'identity-refused',
  'identity-in-use',
  'token-missing',
  'token-refused',
  'token-expired',
  'token-revoked',
  'origin-refused',
  'grid-key-changed',
  'manifest-refused',
]);

/** Keeps one link to the coordinator alive, over the first of the transports that connects. */
export class ReconnectingLink {
  readonly #transports: Transport[];
  readonly #user: LinkUser;
  readonly #closed = new AbortController();
  #link: Link | undefined;
  #failures = 0;

  constructor(transports: readonly Transport[], user: LinkUser) {
    this.#transports = [...transports];
    this.#user = user;
  }

  start(): void {
    void this.#run();
  }

  close(): void {
    this.#closed.abort();
    this.#link?.close();
  }

  /** More ways to the coordinator, for when those before them fail. */
  offer(transports: readonly Transport[]): void {
    this.#transports.push(...transports);
  }

  /** Drops the link with a reason of the other side's, so that the loop can judge it. */
  fail(reason: GridError): void {
    this.#link?.close(reason);
  }

  async #run(): Promise<void> {
    for (let round = 0; !this.#closed.signal.aborted; round++) {
      const reason = await this.#once(round % this.#transports.length);
      if (this.#closed.signal.aborted) return;
      if (FATAL.has(reason.code)) return this.#user.onFatal(reason);
      this.#user.onDown(reason);
      if (this.#failures === 0) round = -1;
      else await this.#pause();
    }
  }

  /** One link, from its making to its end; returns why it ended. */
  async #once(index: number): Promise<GridError> {
    try {
      const transport = this.#transports[index] as Transport;
      const limit = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(CONNECT_MS)]);
      const link = await transport.connect(COORDINATOR_PEER_ID, { signal: limit });
      this.#link = link;
      this.#failures += 1;
      this.#user.onLink(link, () => {
        this.#failures = 0;
      });
      // Last, since it delivers at once what came meanwhile, and the user answers it on the link.
      link.onMessage((lane, frame) => this.#user.onFrame(lane, frame));
      return await new Promise((resolve) => link.onClose(resolve));
    } catch (thrown) {
      this.#failures += 1;
      return toGridError(thrown, 'unreachable');
    } finally {
      this.#link = undefined;
    }
  }

  /** The first failures try the other transports without waiting. */
  #pause(): Promise<void> {
    const waits = Math.max(0, this.#failures - this.#transports.length);
    if (waits === 0 && this.#transports.length > 1) return Promise.resolve();
    const ms = BACKOFF_MS[Math.min(waits, BACKOFF_MS.length - 1)] ?? 0;
    return new Promise((resolve) => setTimeout(resolve, ms * (0.75 + Math.random() / 2)));
  }
}
