import { COORDINATOR_PEER_ID, GridError, type PeerId, type Transport } from '@manytabs/protocol';
import type { Runtime } from '@manytabs/runtime';
import { CountedBlobs, MemoryBlobs, MemoryJournal, MemoryKeyValue } from '@manytabs/storage';
import { MemoryNetwork } from '@manytabs/transport';
import type { LocalOptions } from '../client/api.ts';
import { CoordinatorHost } from '../host/index.ts';
import { newKeyPair, randomBytes } from '../identity/crypto.ts';
import { identityOf } from '../identity/identity.ts';
import { TabDonation } from '../volunteer/donation.ts';

/** So that every tier of trust finds its votes: all of them are this machine. */
export const LOCAL_VOLUNTEERS = 3;

export interface LocalGrid {
  readonly transport: Transport;
  readonly token: string;
  close(): Promise<void>;
}

/** The coordinator, the volunteers and the submitter of a grid, all here, over memory. */
export async function openLocalGrid(options: LocalOptions): Promise<LocalGrid> {
  const workers = options.workers ?? (await processors());
  if (!Number.isInteger(workers) || workers < 1) {
    throw new GridError('spec-invalid', 'workers must be a whole number from 1 on.');
  }
  const network = new MemoryNetwork();
  const host = openHost();
  host.listen(network.endpoint(COORDINATOR_PEER_ID));
  const donations = shares(workers).map((share) => donate(network, share, options));
  await Promise.all(donations.map(started));
  return {
    transport: network.endpoint('submitter' as PeerId),
    token: 'local',
    async close() {
      for (const donation of donations) donation.stop();
      await host.close();
    },
  };
}

function openHost(): CoordinatorHost {
  return new CoordinatorHost({
    grid: 'local',
    version: 'local',
    epoch: 1,
    seed: new DataView(randomBytes(4).buffer).getUint32(0),
    blobs: new CountedBlobs(new MemoryBlobs()),
    journal: new MemoryJournal(),
    keyValue: new MemoryKeyValue(),
    clock: Date.now,
    authorise: (token) => {
      if (token === 'local') return { scope: 'admin', owner: 'you' };
      return { scope: 'volunteer', owner: 'you', trusted: true };
    },
    note: () => {},
  });
}

/** Each volunteer has a worker at least. */
function shares(workers: number): number[] {
  return Array.from({ length: LOCAL_VOLUNTEERS }, (_, i) =>
    Math.max(1, Math.floor((workers + i) / LOCAL_VOLUNTEERS)),
  );
}

function donate(network: MemoryNetwork, workers: number, options: LocalOptions): TabDonation {
  const identity = identityOf(newKeyPair());
  const transport = network.endpoint(identity.peer);
  const donation = new TabDonation({ url: 'memory:', workers, token: 'volunteer' }, async () => {
    const runtime = await openRuntime(workers, options);
    await runtime.selfTest();
    const blobs = new MemoryBlobs();
    return { identity, runtime, blobs, transports: [transport], tabs: transport, agent: 'local' };
  });
  donation.start();
  return donation;
}

async function openRuntime(workers: number, { sandbox }: LocalOptions): Promise<Runtime> {
  if (typeof document === 'object') {
    const { SandboxRuntime } = await import('@manytabs/runtime');
    return new SandboxRuntime({ workers, ...(sandbox ? { url: String(sandbox) } : {}) });
  }
  const { openThreads } = await import('#threads');
  return openThreads(workers);
}

/** Resolves once it takes work. */
function started(donation: TabDonation): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const { state, problem } = donation.view;
      if (state === 'waiting' || state === 'computing') return end(resolve);
      if (state !== 'failed') return;
      const { code = 'sandbox-refused', message = 'No worker starts here.' } = problem ?? {};
      end(() => reject(new GridError(code, message)));
    };
    const forget = donation.subscribe(look);
    const end = (act: () => void) => {
      forget();
      act();
    };
    look();
  });
}

async function processors(): Promise<number> {
  if (typeof navigator === 'object' && navigator.hardwareConcurrency) {
    return navigator.hardwareConcurrency;
  }
  const { processorCount } = await import('#threads');
  return processorCount();
}
