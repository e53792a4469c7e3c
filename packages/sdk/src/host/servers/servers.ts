import {
  GridError,
  type JobId,
  type Journal,
  type KeyValue,
  LIMITS,
  type ShardId,
  toGridError,
} from '@manytabs/protocol';
import type { Grant } from '../../access/grant.ts';
import { Outbox } from '../../link/outbox.ts';
import type { CoordinatorHost } from '../coordinator-host.ts';
import { neededOf } from '../query.ts';
import { JOB_PARTITIONS, jobOfEvents, STANDINGS_PARTITION, standingsOf } from '../records.ts';
import { adoptStandings } from '../standings.ts';
import { SubmitterSession } from '../submitter-session.ts';
import { VolunteerSession } from '../volunteer-session.ts';
import { type Asked, ask, type Query } from './ask.ts';
import type { Channel } from './channel.ts';
import { JobIndex } from './job-index.ts';
import { leastLoaded, shareToLend } from './lending.ts';
import { Line } from './line.ts';
import type { Life } from './lives.ts';
import type { Membership } from './membership.ts';
import { GRID, type Load, type Opening } from './opening.ts';
import { SignalExchange } from './signal-exchange.ts';
import type { Dial, Wire } from './wire.ts';

export interface ServersOptions {
  readonly membership: Membership;
  readonly keyValue: KeyValue;
  /** The journal as a life wrote it: under a fence of its own. */
  readonly journalOf: (epoch: number) => Journal;
  readonly dial: Dial;
  /** Another server has taken over: nothing more may be said. */
  readonly onFenced: (reason: GridError) => void;
}

interface Neighbour {
  readonly line: Line;
  load: Load | undefined;
}

const TELL_MS = 500;
const FIND_MS = 20_000;

/**
 * The other servers of the grid. Each has the jobs of some lives and a machine of its own; tabs and submitters of this
 * one reach the jobs of the others through it.
 */
export class Servers {
  readonly #host: CoordinatorHost;
  readonly #options: ServersOptions;
  readonly #index: JobIndex;
  readonly signals: SignalExchange;
  readonly #neighbours = new Map<number, Neighbour>();
  readonly #dialling = new Set<number>();
  /** Lines that others made to this server: they hear how it is doing. */
  readonly #listeners = new Set<Line>();
  readonly #waiters = new Set<() => void>();
  #cancelTimer = () => {};
  #filesOrigin: number | undefined;
  #hasFiles = false;
  #toldServers = '';
  #isClosed = false;

  constructor(host: CoordinatorHost, options: ServersOptions) {
    this.#host = host;
    this.#options = options;
    this.#index = new JobIndex(options.keyValue);
    this.signals = new SignalExchange(() => host.now());
  }

  get epoch(): number {
    return this.#options.membership.epoch;
  }

  /** Reads the jobs that are this server's, before it serves anybody. */
  async start(): Promise<void> {
    await this.#options.membership.start({
      takeOver: (lives) => this.#takeOver(lives),
      onChanged: () => this.#onChanged(),
      onFenced: (reason) => this.#options.onFenced(reason),
      onTrouble: ({ code, message }) => this.#host.options.note('warn', message, { code }),
    });
    await this.#pruneLives().catch((thrown) => {
      const { code, message } = toGridError(thrown, 'storage-failed');
      this.#host.options.note('warn', `old runs of servers stay written down: ${message}`, {
        code,
      });
    });
  }

  /** Whether this one keeps the names and the copies of the grid's files, and has read them. */
  get hasFiles(): boolean {
    return this.#hasFiles;
  }

  /**
   * Which of the shards the jobs of any server need, this one's last; undefined where one cannot be asked, or somebody
   * came, went or took over meanwhile.
   */
  async neededShards(shards: readonly ShardId[]): Promise<Set<ShardId> | undefined> {
    const query: Query = { type: 'query', request: 0, what: 'needed-shards', shards: [...shards] };
    const answers = await this.#askEverybody(GRID, query);
    return answers && new Set([...(answers as ShardId[]), ...neededOf(this.#host, shards)]);
  }

  /** The jobs of an owner that have not ended, of any server; undefined as with `neededShards`. */
  async liveJobs(owner: string): Promise<readonly JobId[] | undefined> {
    const opening: Opening = { role: 'submitter', grant: { scope: 'submit', owner } };
    const query: Query = { type: 'query', request: 0, what: 'live-jobs' };
    const answers = await this.#askEverybody(opening, query);
    return answers && [...(answers as JobId[]), ...this.#host.permits.live(owner)];
  }

  /** What all others answer, lists as one. */
  async #askEverybody(opening: Opening, query: Query): Promise<unknown[] | undefined> {
    const before = this.#everybody();
    if (before === undefined) return undefined;
    const others = [...new Set(before.values())].filter((epoch) => epoch !== this.epoch);
    try {
      const answers = await Promise.all(others.map((epoch) => this.ask(epoch, opening, query)));
      const after = this.#everybody();
      return after && entriesOf(after) === entriesOf(before) ? answers.flat() : undefined;
    } catch {
      return undefined;
    }
  }

  /** Of each life who answers for it, if all of them can be asked. */
  #everybody(): Map<number, number> | undefined {
    const owners = new Map<number, number>();
    for (const { epoch } of this.#options.membership.lives.all()) {
      const owner = this.ownerOfEpoch(epoch);
      if (owner === undefined) return undefined;
      if (owner !== this.epoch && !this.#neighbours.has(owner)) return undefined;
      owners.set(epoch, owner);
    }
    return owners;
  }

  async #pruneLives(): Promise<void> {
    const origins = new Set((await this.#index.all()).map(({ origin }) => origin));
    const isNeeded = (epoch: number) => origins.has(epoch) || epoch === this.#filesOrigin;
    await this.#options.membership.prune(isNeeded);
  }

  /** It serves: the others may come. */
  serve(addresses: { readonly address: string; readonly url: string }): void {
    this.#options.membership.tellAddresses(addresses);
    this.#tellLater();
  }

  /** Where people reach the servers, this one first. */
  urls(): string[] {
    const { membership } = this.#options;
    const others = membership.lives.present().filter(({ epoch }) => epoch !== this.epoch);
    const urls = [membership.self, ...others].map(({ url }) => url);
    return urls.filter((url) => URL.canParse(url)).slice(0, LIMITS.SERVERS_MAX);
  }

  now(): number {
    return this.#host.now();
  }

  wantsShard(shard: ShardId): boolean {
    return this.#host.machine.wantsShard(shard);
  }

  /** The life that answers for what a life gave out; undefined while that changes hands. */
  ownerOfEpoch(epoch: number): number | undefined {
    return this.#options.membership.lives.ownerOf(epoch)?.epoch;
  }

  /** Undefined for a job that nobody has. @throws {GridError} `timeout` */
  async ownerOfJob(jobId: JobId): Promise<number | undefined> {
    const origin = await this.#index.originOf(jobId);
    if (origin === undefined) return undefined;
    if (this.#options.membership.lives.get(origin)) return this.#reachable(origin);
    // A life of which nothing is left: its jobs are forgotten, or it came to be a moment ago.
    this.#index.doubt(jobId);
    return (await this.#index.originOf(jobId)) === undefined ? undefined : this.#reachable(origin);
  }

  /** The server that keeps the names and the copies of the grid's files. @throws {GridError} `timeout` */
  async ownerOfFiles(): Promise<number> {
    this.#filesOrigin ??= await this.#index.originOfFiles(this.epoch);
    return this.#reachable(this.#filesOrigin);
  }

  /** Who is to have a new job: the favourite if it takes any. */
  place(favourite: number | undefined): number {
    const others = [...this.#neighbours].flatMap(([epoch, { load }]) =>
      load?.isOpen ? [{ epoch, load }] : [],
    );
    const all = [{ epoch: this.epoch, load: this.#load() }, ...others];
    const known = all.find(({ epoch }) => epoch === favourite);
    return (known ?? all[leastLoaded(all.map(({ load }) => load))])?.epoch ?? this.epoch;
  }

  /** Writes a job down as this server's. @throws {GridError} `version-conflict` where another has it */
  async register(jobId: JobId): Promise<void> {
    const origin = await this.#index.register(jobId, this.epoch);
    if (this.ownerOfEpoch(origin) === this.epoch) return;
    throw new GridError('version-conflict', `Another server has job ${jobId}.`);
  }

  /** The job's results are dropped: nobody has it any more. */
  forget(jobId: JobId): void {
    this.#index.forget(jobId).catch(({ code, message }: GridError) => {
      this.#host.options.note('warn', `${jobId} stays in the list of jobs: ${message}`, { code });
    });
  }

  /** A link to another server in somebody's name; undefined while there is no line to it. */
  open(epoch: number, opening: Opening): Channel | undefined {
    return this.#neighbours.get(epoch)?.line.open(opening);
  }

  /** Asks another server in somebody's name. @throws {GridError} `connection-lost`, `timeout`, and as it refuses */
  ask(epoch: number, opening: Opening, message: Asked): Promise<unknown> {
    return ask(this.open(epoch, opening), message, this.#host.timers);
  }

  /** Asks the server that has the job. @throws {GridError} `job-unknown` where nobody has it, and as `ask` */
  async askOwner(jobId: JobId, message: Asked): Promise<unknown> {
    const owner = await this.ownerOfJob(jobId);
    if (owner === undefined) throw new GridError('job-unknown', `There is no job ${jobId}.`);
    return this.ask(owner, GRID, message);
  }

  /** The other servers that take new jobs. */
  others(): number[] {
    return [...this.#neighbours].flatMap(([epoch, { load }]) => (load?.isOpen ? [epoch] : []));
  }

  /** The answers of the other servers, as far as they answer in time. */
  async askAll(grant: Grant, query: Query): Promise<unknown[]> {
    const epochs = [...this.#neighbours.keys()];
    const asked = epochs.map((epoch) => this.ask(epoch, { role: 'submitter', grant }, query));
    const answers = await Promise.allSettled(asked);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  /** How the whole grid is doing. */
  loads(): Load[] {
    const others = [...this.#neighbours.values()].flatMap(({ load }) => (load ? [load] : []));
    return [this.#load(), ...others];
  }

  /** Another server has made a line to this one. */
  accept(wire: Wire): void {
    const line: Line = new Line(wire, {
      onOpen: (opening, channel) => this.#serve(opening, channel),
      onLoad: () => {},
      ...this.signals.over(() => line),
      onClose: () => {
        this.#listeners.delete(line);
        this.signals.leave(line);
      },
    });
    this.#listeners.add(line);
    this.signals.join(line);
    line.tell(this.#load());
  }

  /** The others may take over from here on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer();
    await this.#options.membership.leave();
    for (const { line } of this.#neighbours.values()) line.close();
    for (const line of this.#listeners) line.close();
  }

  #serve(opening: Opening, channel: Channel): void {
    const outbox = new Outbox(channel);
    const session =
      opening.role === 'volunteer'
        ? new VolunteerSession(this.#host, channel, outbox, opening, {
            gate: channel,
            isLent: true,
          })
        : new SubmitterSession(this.#host, channel, outbox, opening.grant, { isForwarded: true });
    channel.onMessage((lane, frame) => {
      try {
        session.onFrame(lane, frame);
      } catch (thrown) {
        channel.close(toGridError(thrown, 'frame-malformed'));
      }
    });
  }

  /** Fences who wrote the jobs of these lives, and reads what this server does not have yet. */
  async #takeOver(lives: readonly Life[]): Promise<void> {
    for (const { epoch } of lives) {
      const journal = this.#options.journalOf(epoch);
      const isOwn = epoch === this.epoch;
      await journal.claim(isOwn ? epoch : Math.max(await journal.epoch(), epoch) + 1);
      if (isOwn) await this.#registerStrays();
      else this.#host.options.note('info', `takes over the jobs of server ${epoch}`);
    }
    await adoptStandings(this.#host, STANDINGS_PARTITION);
    for (const { epoch } of lives) await adoptStandings(this.#host, standingsOf(epoch));
    const known = this.#options.membership.lives;
    // What comes by another life may be written still: its fence is raised when its turn comes.
    const fenced = new Set<number | undefined>(lives.map(({ epoch }) => epoch));
    const isFenced = (origin: number) => fenced.has(known.wayTo(this.epoch, origin));
    const adopted: JobId[] = [];
    for (const { jobId, origin } of await this.#index.all()) {
      if (!isFenced(origin) || this.#host.machine.job(jobId)) continue;
      await this.#host.adopt(jobId);
      adopted.push(jobId);
    }
    this.#filesOrigin ??= await this.#index.originOfFiles(this.epoch);
    const keepsFiles = isFenced(this.#filesOrigin);
    if (keepsFiles && !this.#hasFiles) await this.#host.files.recover();
    this.#hasFiles ||= keepsFiles;
    // A job may take its inputs from one that comes after it.
    for (const jobId of adopted) this.#host.stage(jobId);
    for (const jobId of adopted) await this.#host.files.outputs.resume(jobId);
    this.#host.step({ type: 'tick', at: this.#host.now() });
  }

  /** Jobs that came into the database by other ways, such as a restored backup. */
  async #registerStrays(): Promise<void> {
    const known = new Set((await this.#index.all()).map(({ jobId }) => jobId));
    for (const partition of await this.#host.options.journal.partitions(JOB_PARTITIONS)) {
      const jobId = jobOfEvents(partition);
      if (jobId && !known.has(jobId)) await this.#index.register(jobId, this.epoch);
    }
  }

  async #reachable(origin: number): Promise<number> {
    const until = this.#host.timers.now() + FIND_MS;
    for (;;) {
      const owner = this.ownerOfEpoch(origin);
      if (owner !== undefined && (owner === this.epoch || this.#neighbours.has(owner))) {
        return owner;
      }
      const left = until - this.#host.timers.now();
      if (left <= 0 || this.#isClosed) {
        throw new GridError('timeout', 'The server that has this job cannot be reached.');
      }
      await this.#change(Math.min(left, TELL_MS));
    }
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#waiters.delete(done);
        resolve();
      };
      const cancel = this.#host.timers.after(ms, done);
      this.#waiters.add(done);
    });
  }

  /** Whoever answers now where a life was that is over is another one, and is met under its own name. */
  #leaveThoseOver(): void {
    for (const [epoch, { line }] of [...this.#neighbours]) {
      if (this.#options.membership.lives.get(epoch)?.heir !== undefined) line.close();
    }
  }

  #onChanged(): void {
    this.#leaveThoseOver();
    for (const life of this.#options.membership.lives.present()) void this.#dial(life);
    this.#tellServers();
    for (const { routes } of this.#host.volunteers.values()) routes?.onChanged();
    for (const done of [...this.#waiters]) done();
  }

  /** Whoever is here knows where to go if this server dies, also those that came before the other one. */
  #tellServers(): void {
    const servers = this.urls();
    if (servers.join() === this.#toldServers) return;
    this.#toldServers = servers.join();
    for (const volunteer of this.#host.volunteers.values())
      volunteer.send({ type: 'servers', servers });
    for (const submitter of this.#host.submitters) submitter.tellServers(servers);
  }

  async #dial({ epoch, address }: Life): Promise<void> {
    const isKnown = this.#neighbours.has(epoch) || this.#dialling.has(epoch);
    if (isKnown || epoch === this.epoch || address === '' || this.#isClosed) return;
    this.#dialling.add(epoch);
    try {
      this.#meet(epoch, await this.#options.dial(address));
    } catch (cause) {
      this.#host.options.note('warn', `server ${epoch} at ${address} is not reached: ${cause}`);
    } finally {
      this.#dialling.delete(epoch);
    }
  }

  #meet(epoch: number, wire: Wire): void {
    const line: Line = new Line(wire, {
      onOpen: () => line.close(),
      onLoad: (load) => {
        neighbour.load = load;
      },
      ...this.signals.over(() => line),
      onClose: () => {
        this.#neighbours.delete(epoch);
        this.signals.leave(line);
      },
    });
    this.signals.join(line);
    const neighbour: Neighbour = { line, load: undefined };
    this.#neighbours.set(epoch, neighbour);
    this.#onChanged();
  }

  #tellLater(): void {
    if (this.#isClosed) return;
    this.#cancelTimer = this.#host.timers.after(TELL_MS, () => {
      this.#tell();
      this.#tellLater();
    });
  }

  #tell(): void {
    const load = this.#load();
    for (const line of this.#listeners) line.tell(load);
    this.#lend(load);
    for (const life of this.#options.membership.lives.present()) void this.#dial(life);
  }

  /** Offers tabs to the servers that have more work for them. */
  #lend(mine: Load): void {
    for (const [epoch, { load }] of this.#neighbours) {
      if (!load) continue;
      const count = Math.ceil(shareToLend(mine, load) * mine.volunteers);
      let rank = 0;
      for (const { session, routes } of this.#host.volunteers.values()) {
        if (!routes) continue;
        const takes = routes.workers > 0;
        const isIdle = load.needed > 0 && !this.#host.machine.isBusy(session);
        routes.offer(epoch, takes && (isIdle || rank < count));
        if (takes) rank++;
      }
    }
  }

  #load(): Load {
    const { machine } = this.#host;
    const { jobs, running, final } = machine.totals();
    let [volunteers, workers] = [0, 0];
    for (const { routes } of this.#host.volunteers.values()) {
      if (!routes || routes.workers === 0) continue;
      volunteers += 1;
      workers += routes.workers;
    }
    const isOpen = this.#host.health().state !== 'draining';
    const needed = isOpen ? machine.volunteersNeeded() : 0;
    return { volunteers, workers, jobs, running, final, needed, isOpen };
  }
}

function entriesOf(owners: ReadonlyMap<number, number>): string {
  return [...owners].sort(([a], [b]) => a - b).join(';');
}
