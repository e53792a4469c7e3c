import {
  COORDINATOR_PEER_ID,
  GridError,
  type PeerId,
  type Transport,
  toGridError,
} from '@manytabs/protocol';
import { CountedBlobs } from '@manytabs/storage';
import { IdbBlobs, IdbJournal, IdbKeyValue, IdbStore } from '@manytabs/storage/browser';
import { MemoryNetwork } from '@manytabs/transport';
import { AuditLog } from '../access/audit-log.ts';
import { Tokens } from '../access/tokens.ts';
import { Grid } from '../client/grid.ts';
import { CoordinatorHost } from '../host/coordinator-host.ts';
import { joinLink } from '../link/hosted-by.ts';
import { loadIceServers, renewIceServers } from '../link/ice-servers.ts';
import { signallingAddress } from '../link/signalling-address.ts';
import type { TabHostOptions, TabHostState } from './api.ts';
import { archiveOf } from './archive-of.ts';
import { type HostedRecord, hostedRecord, keysOf } from './hosted-record.ts';
import { reign } from './reign.ts';

const NAME = 'manytabs-host';
const VERSION = 'tab';

interface Stores {
  readonly store: IdbStore;
  readonly journal: IdbJournal;
  readonly keyValue: IdbKeyValue;
  readonly blobs: IdbBlobs;
}

/**
 * A grid whose coordinator is this tab: the same machine as on a server, with its journal in IndexedDB. Needs a
 * PeerServer to be found, and nothing else. A reload goes on where it was; a second tab of the same browser stands by.
 */
export class TabHost {
  readonly #options: TabHostOptions;
  readonly #network = new MemoryNetwork();
  readonly #listeners = new Set<() => void>();
  readonly #closed = new AbortController();
  readonly #undo: (() => unknown)[] = [];
  #state: TabHostState = { state: 'opening' };
  #stores: Stores | undefined;
  #record: HostedRecord | undefined;
  #host: CoordinatorHost | undefined;
  #guests = 0;

  constructor(options: TabHostOptions) {
    this.#options = options;
  }

  get state(): TabHostState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Resolves once this tab hosts, which may be when another tab closes.
   * @throws {GridError} `storage-failed`, `storage-newer`, `epoch-stale`, `unreachable`, `aborted`
   */
  async open(): Promise<void> {
    try {
      const standBy = () => this.#become({ state: 'standing-by' });
      this.#undo.push(await reign(NAME, this.#closed.signal, standBy));
      await this.#begin();
    } catch (thrown) {
      const reason = this.#closed.signal.aborted
        ? new GridError('aborted', 'Hosting was given up.')
        : toGridError(thrown, 'storage-failed');
      await this.#end(reason);
      throw reason;
    }
  }

  /** The grid as its submitter, over the memory of this tab. */
  async grid(agent = 'console'): Promise<Grid> {
    return Grid.over([this.road()], { token: this.#record?.token ?? '', agent });
  }

  /** A road to the coordinator that never leaves this tab. */
  road(self = this.#drawGuest()): Transport {
    return this.#network.endpoint(self);
  }

  /**
   * Ends hosting and gives everything the grid keeps, as `manytabs restore` reads it.
   * @throws {GridError} `closed` where this tab hosts nothing, `storage-failed`
   */
  async moveOut(): Promise<Blob> {
    if (!this.#host || !this.#stores || !this.#record)
      throw new GridError('closed', 'This tab hosts no grid.');
    // Nothing is written from here on, so what is read is one moment.
    await this.#host.drain(DRAIN_MS);
    await this.#host.settled();
    const { journal, keyValue, blobs } = this.#stores;
    const archive = await archiveOf({ token: this.#record.token, journal, keyValue, blobs });
    await this.close();
    return archive;
  }

  close(): Promise<void> {
    this.#closed.abort();
    return this.#end(undefined);
  }

  #drawGuest(): PeerId {
    this.#guests += 1;
    return `local-${this.#guests}` as PeerId;
  }

  async #begin(): Promise<void> {
    this.#become({ state: 'opening' });
    const stores = await this.#openStores();
    const record = await hostedRecord(stores.keyValue);
    const host = await this.#startHost(stores, record);
    this.#stores = stores;
    this.#record = record;
    this.#host = host;
    host.listen(this.#network.endpoint(COORDINATOR_PEER_ID));
    const page = new URL('.', this.#options.page).href;
    const signalling = this.#options.signalling ?? page;
    host.listen(await this.#openRoad(record.peer, signalling));
    const volunteerUrl = joinLink(page, { peer: record.peer, signalling });
    const persisted = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
    this.#become({ state: 'hosting', volunteerUrl, persisted });
  }

  async #openStores(): Promise<Stores> {
    const store = await IdbStore.open(NAME);
    this.#undo.push(() => store.close());
    const keyValue = new IdbKeyValue(store);
    this.#undo.push(() => keyValue.close());
    const blobs = await IdbBlobs.open(`${NAME}-shards`);
    return { store, journal: new IdbJournal(store), keyValue, blobs };
  }

  async #startHost(
    { journal, keyValue, blobs }: Stores,
    { token }: HostedRecord,
  ): Promise<CoordinatorHost> {
    const tokens = await Tokens.open({ store: keyValue, clock, ownerToken: token });
    this.#undo.push(() => tokens.close());
    const host = new CoordinatorHost({
      grid: this.#options.name ?? 'a grid in a tab',
      version: VERSION,
      epoch: (await journal.epoch()) + 1,
      seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 1,
      ...keysOf(token),
      blobs: new CountedBlobs(blobs),
      journal,
      keyValue,
      clock,
      authorise: (given) => tokens.check(given),
      access: { tokens, audit: new AuditLog(keyValue, clock) },
      onFenced: () =>
        void this.#end(new GridError('epoch-stale', 'Another tab hosts this grid now.')),
      note: () => {},
    });
    this.#undo.push(() => host.close());
    await host.recover();
    return host;
  }

  async #openRoad(self: PeerId, signalling: string): Promise<Transport> {
    if (typeof RTCPeerConnection !== 'function')
      throw new GridError(
        'unreachable',
        'This browser has no WebRTC, which a grid in a tab needs.',
      );
    const load = () => loadIceServers(this.#options.page);
    const [{ PeerJsTransport }, answer] = await Promise.all([
      import('@manytabs/transport/peerjs'),
      load(),
    ]);
    const { iceServers } = answer;
    const address = signallingAddress(signalling);
    const road = await PeerJsTransport.open({ self, ...address, iceServers, linksMax: LINKS_MAX });
    renewIceServers(answer, load, (fresh) => road.useIceServers(fresh.iceServers));
    return road;
  }

  async #end(reason: GridError | undefined): Promise<void> {
    if (this.#state.state === 'ended') return;
    this.#become({ state: 'ended', reason });
    for (const undo of this.#undo.splice(0).reverse()) await undo();
  }

  #become(state: TabHostState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

const DRAIN_MS = 2_000;
/** A page holds no 500 RTCPeerConnections; a hundred tabs are a classroom and a half. */
const LINKS_MAX = 100;

function clock(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}
