import {
  decodeFrame,
  encodeFrame,
  hasEnded,
  type JobId,
  type JobView,
  type SubmitterMessage,
  type ToSubmitterMessage,
  toSubmitterMessageSchema,
} from '@manytabs/protocol';
import type { CoordinatorHost } from '../coordinator-host.ts';
import type { Channel } from '../servers/channel.ts';
import { GRID } from '../servers/opening.ts';

export type PartNews = Extract<ToSubmitterMessage, { type: 'job-events' | 'provisional' }>;

/** Somebody who wants to hear more of a part than how it is doing. */
export interface PartHearer {
  readonly events: boolean;
  readonly provisional: boolean;
  onNews(news: PartNews): void;
}

const AGAIN_MS = 500;

/** A part of a job at another server: how it is doing, for as long as it goes on there. Its rows are in the journal of all. */
export class RemotePart {
  readonly #host: CoordinatorHost;
  readonly #jobId: JobId;
  readonly #onChanged: () => void;
  readonly #hearers = new Set<PartHearer>();
  #channel: Channel | undefined;
  #watch = 0;
  #wanted = '';
  view: JobView | undefined;
  rows = 0;
  /** Its results are dropped. */
  isLost = false;
  #isClosed = false;

  constructor(host: CoordinatorHost, jobId: JobId, onChanged: () => void) {
    this.#host = host;
    this.#jobId = jobId;
    this.#onChanged = onChanged;
    void this.#follow();
  }

  get isOver(): boolean {
    return this.isLost || (this.view !== undefined && hasEnded(this.view.state));
  }

  hear(hearer: PartHearer): () => void {
    this.#hearers.add(hearer);
    this.#ask();
    return () => {
      this.#hearers.delete(hearer);
      this.#ask();
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#channel?.close();
  }

  /** From server to server, as it changes hands; once it is this one's own there is nobody to ask. */
  async #follow(): Promise<void> {
    const { servers } = this.#host;
    if (!servers) return queueMicrotask(() => this.#lose());
    while (!this.#isClosed && !this.isOver) {
      const owner = await servers.ownerOfJob(this.#jobId).catch(() => 'away' as const);
      if (owner === servers.epoch) return this.#onChanged();
      if (owner === undefined) return this.#lose();
      if (owner !== 'away') await this.#hearFrom(servers.open(owner, GRID));
      if (!this.isOver && !this.#isClosed) await this.#pause();
    }
  }

  #hearFrom(channel: Channel | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (!channel) return resolve();
      this.#channel = channel;
      this.#wanted = '';
      channel.onMessage((_lane, frame) => this.#onFrame(channel, frame));
      channel.onClose(() => {
        this.#channel = undefined;
        resolve();
      });
      this.#ask();
    });
  }

  /** Asks for as much as somebody wants to hear. */
  #ask(): void {
    const hearers = [...this.#hearers];
    const events = hearers.some((hearer) => hearer.events);
    const provisional = hearers.some((hearer) => hearer.provisional);
    const wanted = `${events} ${provisional}`;
    if (!this.#channel || wanted === this.#wanted) return;
    this.#wanted = wanted;
    const before: SubmitterMessage[] =
      this.#watch === 0 ? [] : [{ type: 'unwatch-job', watch: this.#watch }];
    const request = ++this.#watch;
    const jobId = this.#jobId;
    const watch = { type: 'watch-job', request, jobId, after: 0, rows: false } as const;
    this.#channel.send('control', encodeFrame([...before, { ...watch, events, provisional }]));
  }

  #onFrame(channel: Channel, frame: Uint8Array): void {
    for (const message of decodeFrame<ToSubmitterMessage>(frame, toSubmitterMessageSchema)) {
      if (message.type === 'job-progress') this.#onProgress(message.view as JobView, message.rows);
      else if (message.type === 'refused') this.#lose();
      else if (message.type === 'job-events') this.#tell(message);
      else if (message.type === 'provisional') this.#tell(message);
    }
    // What tasks said at last may come after the end.
    if (this.isOver) this.#host.timers.after(AGAIN_MS, () => channel.close());
  }

  #onProgress(view: JobView, rows: number): void {
    this.view = view;
    this.rows = rows;
    this.#onChanged();
  }

  #tell(news: PartNews): void {
    for (const hearer of this.#hearers) {
      if (news.type === 'job-events' ? hearer.events : hearer.provisional) hearer.onNews(news);
    }
  }

  #lose(): void {
    this.isLost = true;
    this.#onChanged();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#host.timers.after(AGAIN_MS, resolve));
  }
}
