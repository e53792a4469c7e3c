import { GridError } from '@manytabs/protocol';
import type { GridApi } from 'manytabs';
import type { TabHost, TabHostState } from 'manytabs/tab-host';
import type { Donation } from 'manytabs/volunteer';

/** What stands in a session's place of a token while this tab hosts the grid itself; a reload hosts again. */
export const HOST_TOKEN = 'this-tab';

export type HostingState = { readonly state: 'off' } | TabHostState;

export type OpenHost = () => Promise<TabHost>;

/** The grid that this tab hosts, if it does. Its code is loaded when first asked for. */
export class Hosting {
  readonly #open: OpenHost;
  readonly #listeners = new Set<() => void>();
  #state: HostingState = { state: 'off' };
  #host: TabHost | undefined;

  constructor(open: OpenHost) {
    this.#open = open;
  }

  readonly get = (): HostingState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Resolves once this tab hosts; another tab may do so before. @throws {GridError} what TabHost.open throws */
  async connect(): Promise<GridApi> {
    await this.#host?.close();
    const host = await this.#open();
    this.#host = host;
    host.subscribe(() => this.#become(host.state));
    this.#become(host.state);
    await host.open();
    return host.grid();
  }

  async openDonation(workers: number): Promise<Donation | undefined> {
    if (this.#state.state !== 'hosting' || !this.#host) return undefined;
    const { createLocalDonation } = await import('manytabs/tab-host');
    return createLocalDonation(this.#host, { url: location.href, workers });
  }

  /** Ends hosting; the file is for `manytabs restore`. @throws {GridError} `closed`, `storage-failed` */
  moveOut(): Promise<Blob> {
    if (!this.#host) throw new GridError('closed', 'This tab hosts no grid.');
    return this.#host.moveOut();
  }

  async stop(): Promise<void> {
    await this.#host?.close();
  }

  #become(state: HostingState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
