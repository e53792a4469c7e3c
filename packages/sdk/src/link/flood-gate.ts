import { GridError } from '@manytabs/protocol';
import { type Rate, TokenBucket } from '@manytabs/transport';

/**
 * What one link may say unasked. What a tab says of tasks that it was given is counted apart: small tasks are thousands
 * a second, and each may have a message of its own.
 */
export const LINK_RATES = {
  frames: { burst: 6_000, perSecond: 2_000 },
  messages: { burst: 24_000, perSecond: 6_000 },
} as const satisfies Record<string, Rate>;

const EARNED_MAX = 1_000_000;

/** Counts what comes in on a link and tells when it is a flood. */
export class FloodGate {
  readonly #clock: () => number;
  readonly #frames: TokenBucket;
  readonly #messages: TokenBucket;
  #earnedFrames = 0;
  #earnedMessages = 0;

  constructor(clock: () => number, rates = LINK_RATES) {
    this.#clock = clock;
    this.#frames = new TokenBucket(rates.frames, clock());
    this.#messages = new TokenBucket(rates.messages, clock());
  }

  /** The other end was asked for so many answers. */
  earn(answers: number): void {
    this.#earnedFrames = Math.min(EARNED_MAX, this.#earnedFrames + answers);
    this.#earnedMessages = Math.min(EARNED_MAX, this.#earnedMessages + answers);
  }

  /** Before a frame is decoded. @throws {GridError} `rate-limited` */
  frame(): void {
    if (this.#frames.take(this.#clock())) return;
    if (this.#earnedFrames < 1) throw flood('frames');
    this.#earnedFrames -= 1;
  }

  /** After it is. @throws {GridError} `rate-limited` */
  messages(count: number): void {
    if (this.#messages.take(this.#clock(), count)) return;
    if (this.#earnedMessages < count) throw flood('messages');
    this.#earnedMessages -= count;
  }
}

function flood(what: string): GridError {
  return new GridError('rate-limited', `Too many ${what} came in on one link.`);
}
