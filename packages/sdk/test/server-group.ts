import { MemoryBlobs, MemoryJournal, MemoryKeyValue } from '@manytabs/storage';
import { onTestFinished } from 'vitest';
import { Membership, Servers, type Wire } from '../src/host/index.ts';
import { MemoryGrid } from './memory-grid.ts';
import { wirePair } from './wire-pair.ts';

/** Fences are not what this is about. */
export class OpenJournal extends MemoryJournal {
  override append(_epoch: number, ...rest: [Parameters<MemoryJournal['append']>[1]]) {
    return super.append(1, ...rest);
  }
  override replace(_epoch: number, partition: string, records: readonly Uint8Array[]) {
    return super.replace(1, partition, records);
  }
  override async claim(): Promise<void> {}
  override async close(): Promise<void> {}
}

export class KeptBlobs extends MemoryBlobs {
  override async close(): Promise<void> {}
}

export interface GroupServer {
  readonly grid: MemoryGrid;
  readonly servers: Servers;
  /** It says where it is. */
  serve(): void;
  /** It says no more. The others take over. */
  die(): Promise<void>;
}

type Options = Pick<
  ConstructorParameters<typeof MemoryGrid>[0] & object,
  'unusedMs' | 'partTasksMin' | 'access' | 'quota'
>;

/** Servers over the same stores in one process, with wires between them. */
export class ServerGroup {
  readonly stores = {
    blobs: new KeptBlobs(),
    journal: new OpenJournal(),
    keyValue: new MemoryKeyValue(),
  };
  readonly #servers = new Map<string, Servers>();
  readonly #options: Options;

  constructor(options: Options = {}) {
    this.#options = options;
  }

  async add(name: string): Promise<GroupServer> {
    const { keyValue, journal } = this.stores;
    const now = () => performance.now();
    const beats = { beatMs: 10, deadMs: 200 };
    const membership = await Membership.begin({ keyValue, server: name, now, ...beats });
    const grid = new MemoryGrid({ ...this.stores, ...this.#options, epoch: membership.epoch });
    const servers = new Servers(grid.host, {
      membership,
      keyValue,
      journalOf: () => journal,
      dial: async (address) => this.#dial(address),
      onFenced: () => {},
    });
    grid.host.servers = servers;
    await servers.start();
    this.#servers.set(name, servers);
    const die = async () => {
      this.#servers.delete(name);
      await servers.close();
      await grid.close();
    };
    onTestFinished(die);
    return { grid, servers, die, serve: () => servers.serve({ address: name, url: '' }) };
  }

  #dial(address: string): Wire {
    const [near, far] = wirePair();
    this.#servers.get(address)?.accept(far);
    return near;
  }
}
