import { type GridError, toGridError } from '@manytabs/protocol';
import type { Donation } from 'manytabs/volunteer';

export type OwnDonation =
  | { readonly state: 'off' }
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: GridError }
  | { readonly state: 'on'; readonly donation: Donation };

export type OpenDonation = () => Promise<Donation>;

/** The donation of this very page. It outlives the pages of the console; its code is loaded when first asked for. */
export class OwnDonationStore {
  readonly #open: OpenDonation;
  readonly #listeners = new Set<() => void>();
  #current: OwnDonation = { state: 'off' };

  constructor(open: OpenDonation) {
    this.#open = open;
  }

  readonly get = (): OwnDonation => this.#current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async start(): Promise<void> {
    if (this.#current.state === 'loading') return;
    if (this.#current.state === 'on') return this.#current.donation.start();
    this.#become({ state: 'loading' });
    try {
      const donation = await this.#open();
      this.#become({ state: 'on', donation });
      donation.start();
    } catch (thrown) {
      this.#become({ state: 'failed', error: toGridError(thrown, 'sandbox-refused') });
    }
  }

  #become(next: OwnDonation): void {
    this.#current = next;
    for (const listener of this.#listeners) listener();
  }
}
