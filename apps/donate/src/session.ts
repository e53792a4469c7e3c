import type { AccountOperation, AccountView } from '@manytabs/protocol';
import type {
  Donation,
  DonationOptions,
  DonationPicture,
  DonationView,
  DonationWork,
} from 'manytabs/volunteer';

export type DonationMaker = (options: DonationOptions) => Donation;

export interface SessionOptions extends DonationOptions {
  /** Fetches the program that donates; called by `start` and by nothing else. */
  readonly load: () => Promise<DonationMaker>;
}

const NOTHING: DonationView = {
  state: 'idle',
  problem: undefined,
  volunteer: undefined,
  road: undefined,
  grid: undefined,
  workers: 0,
  running: 0,
  job: undefined,
  tasksDone: 0,
  tasksFailed: 0,
  busyMs: 0,
  startedAt: undefined,
  shards: 0,
  shardBytes: 0,
  shardsServed: 0,
  shardsFromTabs: 0,
  shardsFromCoordinator: 0,
};

/** One visit of this page: no donation before Start, then the same one for every further Start. */
export class Session {
  readonly #options: SessionOptions;
  readonly #listeners = new Set<() => void>();
  readonly #pictureListeners = new Set<(picture: DonationPicture) => void>();
  readonly #workListeners = new Set<(work: DonationWork) => void>();
  #workers: number;
  #duty = 1;
  #storageBytes: number | undefined;
  #donation: Donation | undefined;
  #view: DonationView;
  /** Grows with every start and stop; a load that ends under an older number is dropped. */
  #attempt = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#workers = options.workers;
    this.#view = { ...NOTHING, workers: options.workers };
  }

  get view(): DonationView {
    return this.#view;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onPicture(listener: (picture: DonationPicture) => void): () => void {
    this.#pictureListeners.add(listener);
    return () => this.#pictureListeners.delete(listener);
  }

  onWork(listener: (work: DonationWork) => void): () => void {
    this.#workListeners.add(listener);
    return () => this.#workListeners.delete(listener);
  }

  start(): void {
    if (this.#view.state !== 'idle' && this.#view.state !== 'failed') return;
    const attempt = ++this.#attempt;
    this.#show({ ...this.#view, state: 'connecting', problem: undefined });
    if (this.#donation === undefined) void this.#load(attempt);
    else this.#donation.start();
  }

  pause(): void {
    this.#donation?.pause();
  }

  resume(): void {
    this.#donation?.resume();
  }

  finish(): void {
    this.#donation?.finish();
  }

  stop(): void {
    this.#attempt++;
    this.#donation?.stop();
    const state = this.#donation?.view.state;
    // A load, or a donation that failed, does not tell of its end by itself.
    if (state === undefined || state === 'idle' || state === 'failed') this.#rest();
  }

  setWorkers(workers: number): void {
    this.#workers = workers;
    if (this.#donation === undefined) this.#show({ ...this.#view, workers });
    else this.#donation.setWorkers(workers);
  }

  setDuty(duty: number): void {
    this.#duty = duty;
    this.#donation?.setDuty(duty);
  }

  setStorage(bytes: number): void {
    this.#storageBytes = bytes;
    this.#donation?.setStorage(bytes);
  }

  /** @throws {GridError} as the donation's */
  async account(operation: AccountOperation): Promise<AccountView> {
    if (this.#donation) return this.#donation.account(operation);
    throw new TypeError('Nothing was started.');
  }

  async #load(attempt: number): Promise<void> {
    try {
      const createDonation = await this.#options.load();
      if (attempt === this.#attempt) this.#begin(createDonation);
    } catch (cause) {
      if (attempt === this.#attempt) this.#failLoading(cause);
    }
  }

  #begin(createDonation: DonationMaker): void {
    const { load: _, ...options } = this.#options;
    const donation = createDonation({ ...options, workers: this.#workers, duty: this.#duty });
    if (this.#storageBytes !== undefined) donation.setStorage(this.#storageBytes);
    donation.subscribe(() => this.#show(donation.view));
    donation.onPicture((picture) => this.#tellPicture(picture));
    donation.onWork((work) => {
      for (const listener of this.#workListeners) listener(work);
    });
    this.#donation = donation;
    donation.start();
  }

  #rest(): void {
    this.#show({ ...this.#view, state: 'idle', problem: undefined, running: 0 });
  }

  #failLoading(cause: unknown): void {
    const message = cause instanceof Error ? cause.message : String(cause);
    this.#show({ ...this.#view, state: 'failed', problem: { code: 'unreachable', message } });
  }

  #tellPicture(picture: DonationPicture): void {
    for (const listener of this.#pictureListeners) listener(picture);
  }

  #show(view: DonationView): void {
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }
}
