import type { VolunteerMessage } from '@manytabs/protocol';
import type { SiteLedger } from '../access/site-ledger.ts';
import type { HostOptions } from './options.ts';

interface Visitor {
  readonly token?: string | undefined;
  readonly site?: string | undefined;
  readonly workers: number;
}

interface Place {
  readonly options: HostOptions;
  now(): number;
}

/** What one embedded tab gives its site's account: no more time than its workers have had since it last told of any. */
export class SiteWork {
  readonly #ledger: SiteLedger;
  readonly #key: string;
  readonly #workers: number;
  readonly #now: () => number;
  #creditMs = 0;
  #at: number;

  static of({ token, site, workers }: Visitor, place: Place): SiteWork | undefined {
    const ledger = place.options.access?.sites;
    if (!ledger || token === undefined || site === undefined) return undefined;
    return new SiteWork(ledger, { key: token, workers, now: () => place.now() });
  }

  private constructor(
    ledger: SiteLedger,
    { key, workers, now }: { key: string; workers: number; now: () => number },
  ) {
    this.#ledger = ledger;
    this.#key = key;
    this.#workers = workers;
    this.#now = now;
    this.#at = now();
  }

  onMessage(message: VolunteerMessage): void {
    if (message.type !== 'results' && message.type !== 'task-failed') return;
    const failed = message.type === 'task-failed' ? 1 : 0;
    this.#ledger.onWorked(this.#key, { failed, busyMs: this.#possible(message.busyMs) });
  }

  #possible(claimedMs: number): number {
    const now = this.#now();
    this.#creditMs += (now - this.#at) * this.#workers;
    this.#at = now;
    const given = Math.min(claimedMs, this.#creditMs);
    this.#creditMs -= given;
    return given;
  }
}
