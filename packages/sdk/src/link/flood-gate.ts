import { GridError } from '@manytabs/protocol';
import { type Rate, TokenBucket } from '@manytabs/transport';

/**
 * What one link may say. A busy tab sends a few hundred frames a second, as all that one turn of its loop says is one
 * frame; a flood is ten times that.
 */
export const LINK_RATES = {
  frames: { burst: 6_000, perSecond: 2_000 },
  messages: { burst: 24_000, perSecond: 6_000 },
} as const satisfies Record<string, Rate>;

/** Counts what comes in on a link and tells when it is a flood. */
export class FloodGate {
  readonly #clock: () => number;
  readonly #frames: TokenBucket;
  readonly #messages: TokenBucket;

  constructor(clock: () => number, rates = LINK_RATES) {
    this.#clock = clock;
    this.#frames = new TokenBucket(rates.frames, clock());
    this.#messages = new TokenBucket(rates.messages, clock());
  }

  /** Before a frame is decoded. @throws {GridError} `rate-limited` */
  frame(): void {
    if (!this.#frames.take(this.#clock())) throw flood('frames');
  }

  /** After it is. @throws {GridError} `rate-limited` */
  messages(count: number): void {
    if (!this.#messages.take(this.#clock(), count)) throw flood('messages');
  }
}

function flood(what: string): GridError {
  return new GridError('rate-limited', `Too many ${what} came in on one link.`);
}
