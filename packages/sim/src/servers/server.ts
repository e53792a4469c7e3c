import {
  assert,
  type GridError,
  type PeerId,
  Prng,
  toGridError,
  type VolunteerId,
} from '@manytabs/protocol';
import {
  CoordinatorHost,
  Membership,
  Outbox,
  Servers,
  SubmitterSession,
  standingsOf,
  VolunteerSession,
} from 'manytabs/host';
import type { Wire } from '../wire.ts';
import type { GroupWorld } from './group-world.ts';
import { Process } from './process.ts';
import { ServerLink } from './server-link.ts';
import { WireEnd } from './server-wire.ts';
import { StoreAccess } from './store-access.ts';

const DRAIN_MS = 1_000;
const GRANT = { scope: 'admin', owner: 'me' } as const;
const DOWN_MS_MAX = 20_000;

/** One server over its lives: the real host and the real `Servers`, in processes that are made up. */
export class Server {
  readonly name: string;
  readonly number: number;
  readonly #world: GroupWorld;
  readonly #prng: Prng;
  #process: Process | undefined;
  #access: StoreAccess | undefined;
  #host: CoordinatorHost | undefined;
  #servers: Servers | undefined;
  readonly #links = new Set<Wire>();
  #isServing = false;

  constructor(world: GroupWorld, number: number) {
    this.#world = world;
    this.number = number;
    this.name = `server-${number}`;
    this.#prng = new Prng(world.options.seed, this.name);
  }

  /** Somebody who calls is answered. */
  get isServing(): boolean {
    return this.#isServing;
  }

  get process(): Process | undefined {
    return this.#process;
  }

  get access(): StoreAccess | undefined {
    return this.#access;
  }

  get links(): ReadonlySet<Wire> {
    return this.#links;
  }

  start(): void {
    const { queue, options } = this.#world;
    const prng = this.#prng;
    const skewMs = options.hasSkew ? prng.int(7_200_000) - 3_600_000 : 0;
    const rate = options.hasSkew ? 0.9 + prng.float() / 5 : 1;
    const process = new Process(queue, { rate, skewMs }, () => this.#onDeath(process));
    this.#process = process;
    const { store } = this.#world;
    const { latencyMsMax } = options;
    const parts = { queue, prng: prng.fork('store'), store, process, latencyMsMax };
    this.#access = new StoreAccess(parts);
    void this.#run(process, this.#access).catch((thrown) => {
      const { code } = toGridError(thrown, 'storage-failed');
      this.#world.note('start-failed', this.number, () => `${code} ${thrown}`);
      process.kill();
    });
  }

  async #run(process: Process, access: StoreAccess): Promise<void> {
    const keyValue = access.keyValue();
    const { timers } = process;
    const membership = await Membership.begin({
      keyValue,
      server: this.name,
      now: timers.now,
      timers,
    });
    const { epoch } = membership;
    this.#world.note('life', this.number, () => `epoch ${epoch}`);
    const host = this.#newHost(process, access, epoch);
    const servers = new Servers(host, {
      membership,
      keyValue,
      journalOf: (of) => access.journalOf(of, epoch),
      dial: (address) => this.#world.dial(process, address),
      onFenced: (reason) => this.#onFenced(process, reason),
    });
    host.servers = servers;
    this.#host = host;
    this.#servers = servers;
    await servers.start();
    servers.serve({ address: this.name, url: `http://${this.name}/` });
    this.#isServing = true;
    this.#world.note('serves', this.number);
  }

  #newHost(process: Process, access: StoreAccess, epoch: number): CoordinatorHost {
    return new CoordinatorHost({
      grid: 'sim',
      version: 'sim',
      epoch,
      seed: this.#world.options.seed,
      standings: standingsOf(epoch),
      leaseKey: new Uint8Array(16).fill(3),
      blobs: access.blobs(),
      keyValue: access.keyValue(),
      journal: access.journalOf(epoch, epoch),
      clock: () => process.clock(),
      timers: process.timers,
      authorise: () => GRANT,
      runningRecords: this.#world.options.foldRecords,
      partTasksMin: this.#world.options.partTasksMin,
      onFenced: () => this.#onFenced(process),
      note: (_level, text) => this.#world.note('says', this.number, () => text),
    });
  }

  /** Drains, says goodbye and ends, as on SIGTERM. */
  leave(): void {
    const [host, servers, process] = [this.#host, this.#servers, this.#process];
    if (!this.#isServing || !host || !servers || !process) return;
    this.#isServing = false;
    void (async () => {
      await host.drain(DRAIN_MS);
      await servers.close();
      await host.close();
      process.kill();
    })().catch(() => process.kill());
  }

  join(volunteer: VolunteerId, wire: Wire, deliver: (frame: Uint8Array) => void): ServerLink {
    const peer = volunteer as string as PeerId;
    return this.#open(peer, wire, deliver, (host, link) => {
      const arrival = { volunteer, peer, workers: 1, agent: 'simulated', road: 'memory' };
      const session = new VolunteerSession(
        host,
        link,
        new Outbox(link),
        { ...arrival, trusted: false },
        { gate: { earn: () => {} } },
      );
      return (frame) => void session.onFrame('control', frame);
    });
  }

  attach(wire: Wire, deliver: (frame: Uint8Array) => void): ServerLink {
    return this.#open('customer' as PeerId, wire, deliver, (host, link) => {
      const session = new SubmitterSession(host, link, new Outbox(link), GRANT);
      return (frame) => void session.onFrame('control', frame);
    });
  }

  /** Another server has called. */
  accept(wire: Wire, end: WireEnd): void {
    this.#links.add(wire);
    this.#servers?.accept(end);
  }

  newEnd(): WireEnd | undefined {
    return this.#process && new WireEnd(this.#process, 'down');
  }

  /** Dies, with what is under way. */
  kill(): void {
    this.#process?.kill();
  }

  /** Of a world that is over. */
  dispose(): void {
    this.#process?.kill();
    this.#host?.files.close();
  }

  #open(
    peer: PeerId,
    wire: Wire,
    deliver: (frame: Uint8Array) => void,
    session: (host: CoordinatorHost, link: ServerLink) => (frame: Uint8Array) => void,
  ): ServerLink {
    const [process, host] = [this.#process, this.#host];
    assert(process && host, 'only who serves is called');
    const link = new ServerLink(peer, { wire, process, deliver });
    this.#links.add(wire);
    process.happen(() => {
      const take = session(host, link);
      link.onMessage((_lane, frame) => {
        try {
          take(frame);
        } catch (thrown) {
          link.close(toGridError(thrown, 'frame-malformed'));
        }
      });
    });
    return link;
  }

  #onFenced(process: Process, reason?: GridError): void {
    this.#world.note('fenced', this.number, () => reason?.message ?? '');
    process.kill();
  }

  #onDeath(process: Process): void {
    if (this.#process !== process) return;
    this.#isServing = false;
    this.#world.note('dead', this.number);
    this.#host?.files.close();
    for (const wire of this.#links) wire.break();
    this.#links.clear();
    if (this.#world.isOver) return;
    this.#world.queue.after(1 + this.#prng.int(DOWN_MS_MAX), () => {
      if (!this.#world.isOver) this.start();
    });
  }
}
