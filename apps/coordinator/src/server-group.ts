import type { GridError, Journal } from '@manytabs/protocol';
import { type CoordinatorHost, Membership, Servers, standingsOf } from 'manytabs/host';
import { openServerName } from './server-name.ts';
import { serverDial } from './server-wire.ts';
import type { SharedStores } from './stores.ts';

/** This server among those that share a database. */
export interface ServerGroup {
  readonly epoch: number;
  readonly journal: Journal;
  /** Where in it it writes what volunteers are known for. */
  readonly standings: string;
  /** Makes the host one of them. */
  admit(host: CoordinatorHost, onFenced: (reason: GridError) => void): Servers;
}

export async function joinGroup(stores: SharedStores, dataDir: string): Promise<ServerGroup> {
  const { keyValue, journalOf, identity } = stores;
  const server = openServerName(dataDir);
  const now = () => performance.now();
  const membership = await Membership.begin({ keyValue, server, now });
  const { epoch } = membership;
  return {
    epoch,
    journal: journalOf(epoch),
    standings: standingsOf(epoch),
    admit(host, onFenced) {
      const dial = serverDial(identity.token);
      const servers = new Servers(host, { membership, keyValue, journalOf, dial, onFenced });
      host.servers = servers;
      return servers;
    },
  };
}
