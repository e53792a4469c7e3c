import { GridError, type Quota } from '@manytabs/protocol';
import { type Rate, TokenBucket } from '@manytabs/transport';

const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;

/** What a token that submits may use where its maker has said nothing else. */
export const QUOTA_DEFAULT = { jobs: 100, bytes: 64 * GIB } as const satisfies Quota;

const SUBMIT_RATE: Rate = { burst: 500, perSecond: 20 };

/** What one token has used of what it may. Bytes come back over a day. */
export class Usage {
  readonly #quota: Quota;
  #orders: TokenBucket | undefined;
  #bytes = 0;
  #at = 0;

  constructor(quota: Quota) {
    this.#quota = quota;
  }

  /** @throws {GridError} `quota-exceeded` */
  upload(bytes: number, now: number): void {
    const { bytes: most } = this.#quota;
    if (most === undefined) return;
    this.#bytes = Math.max(0, this.#bytes - ((now - this.#at) / DAY_MS) * most);
    this.#at = now;
    if (this.#bytes + bytes > most) throw exceeded(`${most} bytes a day`);
    this.#bytes += bytes;
  }

  /** Before each submission. @throws {GridError} `rate-limited` */
  order(now: number): void {
    this.#orders ??= new TokenBucket(SUBMIT_RATE, now);
    if (this.#quota.jobs === undefined || this.#orders.take(now)) return;
    throw new GridError('rate-limited', `A token submits ${SUBMIT_RATE.perSecond} jobs a second.`);
  }

  /** Jobs at a time. */
  get jobs(): number | undefined {
    return this.#quota.jobs;
  }

  /** @throws {GridError} `quota-exceeded` */
  tasks(count: number): void {
    const { tasks } = this.#quota;
    if (tasks !== undefined && count > tasks) throw exceeded(`${tasks} tasks a job`);
  }
}

function exceeded(what: string): GridError {
  return new GridError('quota-exceeded', `This token may have ${what}.`);
}
