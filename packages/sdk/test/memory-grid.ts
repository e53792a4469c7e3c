import {
  COORDINATOR_PEER_ID,
  type Journal,
  type KeyValue,
  type PeerId,
  type Quota,
} from '@manytabs/protocol';
import { CountedBlobs, MemoryBlobs, MemoryJournal, MemoryKeyValue } from '@manytabs/storage';
import { MemoryNetwork } from '@manytabs/transport';
import { CoordinatorHost, type HostOptions } from '../src/host/index.ts';
import { newKeyPair } from '../src/identity/crypto.ts';
import { type Identity, identityOf } from '../src/identity/identity.ts';
import { Grid } from '../src/index.ts';
import type { Fault } from '../src/volunteer/api.ts';
import { TabDonation } from '../src/volunteer/donation.ts';
import { InlineRuntime } from './inline-runtime.ts';

/** A whole grid in one process: the real host, volunteers and submitter over memory. */
interface Stores {
  readonly blobs: MemoryBlobs;
  readonly journal: Journal;
  readonly keyValue: KeyValue;
}

function newStores(): Stores {
  const journal = new MemoryJournal();
  return { blobs: new MemoryBlobs(), journal, keyValue: new MemoryKeyValue() };
}

export { CrashingKeyValue } from './crashing-key-value.ts';

/** What outlives a tab. */
export interface TabHome {
  readonly identity: Identity;
  readonly blobs: MemoryBlobs;
}

export function newHome(): TabHome {
  return { identity: identityOf(newKeyPair()), blobs: new LastingBlobs() };
}

class LastingBlobs extends MemoryBlobs {
  override async close(): Promise<void> {}
}

export class MemoryGrid {
  readonly network = new MemoryNetwork();
  readonly host: CoordinatorHost;
  readonly #donations: TabDonation[] = [];
  readonly #grids: Grid[] = [];
  #peers = 0;

  readonly #stores: Stores;

  constructor(
    options: Partial<Stores> & { epoch?: number; quota?: Quota } & Pick<
        HostOptions,
        'limits' | 'runningRecords' | 'access' | 'unusedMs' | 'partTasksMin'
      > = {},
  ) {
    const {
      epoch = 1,
      limits,
      runningRecords,
      access,
      unusedMs,
      partTasksMin,
      quota,
      ...stores
    } = options;
    this.#stores = { ...newStores(), ...stores };
    this.host = new CoordinatorHost({
      grid: 'test',
      version: 'test',
      epoch,
      seed: 1,
      ...this.#stores,
      blobs: new CountedBlobs(this.#stores.blobs),
      unusedMs,
      gridKey: new Uint8Array(32).fill(7),
      clock: Date.now,
      authorise: (token) => {
        if (token === 'admin') return { scope: 'admin', owner: 'admin' };
        if (token.startsWith('user-')) return { scope: 'submit', owner: token, quota };
        return token === 'trusted' ? { scope: 'volunteer', owner: 'trusted' } : undefined;
      },
      note: () => {},
      limits,
      runningRecords,
      partTasksMin,
      access,
    });
    this.host.listen(this.network.endpoint(COORDINATOR_PEER_ID));
  }

  /** `home`: a tab that was here, or at another grid, comes back with what it stored. */
  donate(options: { workers?: number; fault?: Fault; home?: TabHome } = {}): TabDonation {
    const { identity, blobs } = options.home ?? newHome();
    const transport = this.network.endpoint(identity.peer);
    const donation = new TabDonation(
      { url: 'memory:', workers: options.workers ?? 1, fault: options.fault },
      async () => ({
        identity,
        runtime: new InlineRuntime(),
        blobs,
        transports: [transport],
        tabs: transport,
        agent: 'test',
      }),
    );
    donation.start();
    this.#donations.push(donation);
    return donation;
  }

  /** Another coordinator over what this one stored; call its `recover`. */
  successor(): MemoryGrid {
    return new MemoryGrid(this.#stores);
  }

  async submitter(token = 'admin'): Promise<Grid> {
    this.#peers += 1;
    const transport = this.network.endpoint(`submitter-${this.#peers}` as PeerId);
    const grid = await Grid.over([transport], { token });
    this.#grids.push(grid);
    return grid;
  }

  async close(): Promise<void> {
    for (const donation of this.#donations) donation.stop();
    for (const grid of this.#grids) await grid.close();
    await this.host.close();
  }
}
