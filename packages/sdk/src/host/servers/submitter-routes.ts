import {
  encodeFrame,
  GridError,
  type JobId,
  type Lane,
  LIMITS,
  type SubmitterMessage,
} from '@manytabs/protocol';
import type { Grant } from '../../access/grant.ts';
import type { Channel } from './channel.ts';
import type { Servers } from './servers.ts';

const PLACED_MAX = 1_000;

export interface RoutedSubmitter {
  readonly grant: Grant;
  /** What another server says to the submitter. */
  pass(lane: Lane, frame: Uint8Array): void;
  /** The submitter is to connect again: it asks anew for what was not answered. */
  relink(reason: GridError): void;
}

/** One submitter of this server on the servers that have its jobs: it need not know which. */
export class SubmitterRoutes {
  readonly #servers: Servers;
  readonly #session: RoutedSubmitter;
  readonly #channels = new Map<number, Channel>();
  readonly #watches = new Map<number, number>();
  /** Where the jobs went that were submitted last. */
  readonly #placed = new Map<JobId, number>();
  #favourite: number | undefined;
  #isClosed = false;

  constructor(servers: Servers, session: RoutedSubmitter) {
    this.#servers = servers;
    this.#session = session;
  }

  /** True where another server answers. @throws {GridError} `timeout` where the job's server cannot be reached */
  async forward(message: SubmitterMessage): Promise<boolean> {
    const owner = await this.#ownerOf(message);
    if (owner === this.#servers.epoch || owner === undefined) return false;
    if (message.type === 'watch-job') this.#watches.set(message.request, owner);
    this.#send(owner, message);
    return true;
  }

  async #ownerOf(message: SubmitterMessage): Promise<number | undefined> {
    if (message.type === 'submit') return this.#place(message);
    if (message.type === 'file') return this.#servers.ownerOfFiles();
    const jobId = 'jobId' in message ? message.jobId : undefined;
    return jobId && ((await this.#servers.ownerOfJob(jobId)) ?? this.#placed.get(jobId));
  }

  /** What follows a submission may come before the other server has written the job down. */
  #notePlace(jobId: JobId, owner: number): void {
    this.#placed.set(jobId, owner);
    if (this.#placed.size <= PLACED_MAX) return;
    const [oldest] = this.#placed.keys();
    if (oldest) this.#placed.delete(oldest);
  }

  /** True where the watch is another server's. */
  forwardWatch(message: Extract<SubmitterMessage, { watch: number }>): boolean {
    const owner = this.#watches.get(message.watch);
    if (owner === undefined) return false;
    if (message.type === 'unwatch-job') this.#watches.delete(message.watch);
    this.#send(owner, message);
    return true;
  }

  close(): void {
    this.#isClosed = true;
    for (const channel of [...this.#channels.values()]) channel.close();
    this.#channels.clear();
  }

  /**
   * Where the job is already, or the jobs are that it takes its inputs from, or the holders of its files are known; else where
   * the submitter's jobs went before, as later ones may take theirs from these.
   */
  async #place({ jobId, spec }: Extract<SubmitterMessage, { type: 'submit' }>): Promise<number> {
    const [source] = spec.source?.jobs ?? [];
    const owner =
      (await this.#servers.ownerOfJob(jobId)) ??
      (source && (await this.#servers.ownerOfJob(source))) ??
      (spec.program.files.length > 0 ? await this.#servers.ownerOfFiles() : undefined) ??
      this.#servers.place(this.#favourite);
    this.#favourite = owner;
    this.#notePlace(jobId, owner);
    return owner;
  }

  #send(owner: number, message: SubmitterMessage): void {
    const channel = this.#channels.get(owner) ?? this.#open(owner);
    const frame = encodeFrame([message]);
    channel?.send(frame.length > LIMITS.CONTROL_BYTES_MAX ? 'bulk' : 'control', frame);
  }

  #open(owner: number): Channel | undefined {
    if (this.#isClosed) return undefined;
    const { grant } = this.#session;
    const channel = this.#servers.open(owner, { role: 'submitter', grant });
    if (!channel) {
      this.#session.relink(new GridError('connection-lost', 'The server of the job is away.'));
      return undefined;
    }
    this.#channels.set(owner, channel);
    channel.onMessage((lane, frame) => this.#session.pass(lane, frame));
    channel.onClose((reason) => {
      this.#channels.delete(owner);
      if (!this.#isClosed) this.#session.relink(reason);
    });
    return channel;
  }
}
