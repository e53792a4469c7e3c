import { HOST_TOKEN, Hosting } from './app/hosting.ts';
import type { OpenLocalGrid } from './app/local-grid-context.ts';
import type { OpenDonation } from './app/own-donation.ts';
import type { ReplayTask } from './app/replay-context.ts';
import type { LoadSamples } from './app/samples.ts';
import type { ConnectGrid } from './app/session.ts';

/** Everything the console needs from outside. */
export interface Services {
  readonly connect: ConnectGrid;
  readonly openDonation: OpenDonation;
  readonly hosting: Hosting;
  readonly openLocal: OpenLocalGrid;
  readonly replay: ReplayTask;
  readonly loadSamples: LoadSamples;
  /** Stands in for the one in the address. */
  readonly token?: string | undefined;
}

const GRID_URL = new URL('/', location.href).href;

/** The grid this page was served by. Each part is loaded when it is first needed. */
export function openServices(): Services {
  const hosting = new Hosting(async () => {
    const { TabHost } = await import('manytabs/tab-host');
    return new TabHost({ page: GRID_URL });
  });
  return {
    hosting,
    connect: async (token) => {
      if (token === HOST_TOKEN) return hosting.connect();
      const { Grid } = await import('manytabs/grid');
      return Grid.connect(GRID_URL, { token, agent: 'console' });
    },
    openDonation: async () => {
      const own = await hosting.openDonation(ownWorkers());
      if (own) return own;
      const { createDonation } = await import('manytabs/volunteer');
      return createDonation({ url: GRID_URL, workers: ownWorkers() });
    },
    openLocal: async () => {
      const { Grid } = await import('manytabs');
      return Grid.local({ workers: ownWorkers(), sandbox: new URL('/sandbox.html', GRID_URL) });
    },
    replay: async (task, index, recorded) => {
      const { replayHere } = await import('manytabs/volunteer');
      return replayHere(task, index, { url: GRID_URL, recorded });
    },
    loadSamples: async () => (await import('./app/shipped-samples.ts')).shippedSamples(),
  };
}

/** Half of the machine: the console has to stay quick. */
function ownWorkers(): number {
  return Math.max(1, Math.floor((navigator.hardwareConcurrency || 2) / 2));
}
