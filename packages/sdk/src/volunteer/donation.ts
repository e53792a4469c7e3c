import {
  type AccountOperation,
  type AccountView,
  GridError,
  toGridError,
} from '@manytabs/protocol';
import type {
  Donation,
  DonationOptions,
  DonationPicture,
  DonationView,
  DonationWork,
} from './api.ts';
import type { Equipment } from './equipment.ts';
import { Shift } from './shift.ts';

const EMPTY: DonationView = {
  state: 'idle',
  problem: undefined,
  volunteer: undefined,
  road: undefined,
  grid: undefined,
  workers: 1,
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

/** One tab's donation, from Start to Stop and again. */
export class TabDonation implements Donation {
  readonly #options: DonationOptions;
  readonly #equip: (options: DonationOptions) => Promise<Equipment>;
  readonly #listeners = new Set<() => void>();
  readonly #painters = new Set<(picture: DonationPicture) => void>();
  readonly #workListeners = new Set<(work: DonationWork) => void>();
  #view: DonationView;
  #duty: number;
  #storageBytes: number | undefined;
  #shift: Shift | undefined;

  constructor(options: DonationOptions, equip: (options: DonationOptions) => Promise<Equipment>) {
    this.#options = options;
    this.#equip = equip;
    this.#view = { ...EMPTY, workers: options.workers };
    this.#duty = options.duty ?? 1;
  }

  get view(): DonationView {
    return this.#view;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onPicture(listener: (picture: DonationPicture) => void): () => void {
    this.#painters.add(listener);
    return () => this.#painters.delete(listener);
  }

  onWork(listener: (work: DonationWork) => void): () => void {
    this.#workListeners.add(listener);
    return () => this.#workListeners.delete(listener);
  }

  start(): void {
    if (this.#shift) return this.#shift.command('start');
    this.#change({ state: 'connecting', problem: undefined, startedAt: Date.now() });
    const shift = new Shift(this.#options, this.#view.workers, {
      change: (part) => this.#change(part),
      view: () => this.#view,
      worked: (work) => {
        for (const listener of this.#workListeners) listener(work);
      },
      paint: (picture) => this.#paint(picture),
      wantsPictures: () => this.#painters.size > 0,
      over: () => this.#over(shift),
    });
    this.#shift = shift;
    shift.setDuty(this.#duty);
    if (this.#storageBytes !== undefined) shift.setStorage(this.#storageBytes);
    this.#equip(this.#options).then(
      (equipment) => shift.begin(equipment),
      (thrown) => shift.fail(toGridError(thrown, 'sandbox-refused')),
    );
  }

  pause(): void {
    this.#shift?.command('pause');
  }

  resume(): void {
    this.#shift?.command('start');
  }

  finish(): void {
    this.#shift?.command('finish');
  }

  stop(): void {
    this.#shift?.command('stop');
  }

  setWorkers(workers: number): void {
    this.#change({ workers });
    this.#shift?.setWorkers(workers);
  }

  setDuty(duty: number): void {
    this.#duty = duty;
    this.#shift?.setDuty(duty);
  }

  setStorage(bytes: number): void {
    this.#storageBytes = bytes;
    this.#shift?.setStorage(bytes);
  }

  async account(operation: AccountOperation): Promise<AccountView> {
    if (!this.#shift) throw new GridError('connection-lost', 'Nothing is connected: press Start.');
    return this.#shift.account(operation);
  }

  #over(shift: Shift): void {
    if (this.#shift === shift) this.#shift = undefined;
  }

  #paint(picture: DonationPicture): void {
    for (const painter of this.#painters) painter(picture);
  }

  #change(part: Partial<DonationView>): void {
    this.#view = { ...this.#view, ...part };
    for (const listener of this.#listeners) listener();
  }
}
