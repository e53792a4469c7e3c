import type { CoordinatorEffect } from '@manytabs/kernel';
import type { ProvisionalMessage } from '@manytabs/protocol';
import type { Outbox } from '../link/outbox.ts';

export type ProvisionalNews = Extract<CoordinatorEffect, { type: 'provisional' | 'retracted' }>;

const EVERY_MS = 50;
const MESSAGE_BYTES = 256 * 1024;
const QUEUED_BYTES_MAX = 4 * 1024 * 1024;
const NEWS_MAX = 1_000;

/**
 * News of results that are not final, gathered a few times a second. A submitter that does not keep up misses some,
 * and loses nothing by it: final rows come another way.
 */
export class ProvisionalFeed {
  readonly #outbox: Outbox;
  readonly #watch: number;
  #news: ProvisionalMessage['news'] = [];
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(outbox: Outbox, watch: number) {
    this.#outbox = outbox;
    this.#watch = watch;
  }

  add(news: ProvisionalNews): void {
    const entry = entryOf(news);
    const bytes = entry.values?.length ?? 0;
    if (this.#outbox.queuedBytes() > QUEUED_BYTES_MAX || bytes > QUEUED_BYTES_MAX) return;
    if (this.#bytes + bytes > MESSAGE_BYTES || this.#news.length >= NEWS_MAX) this.flush();
    this.#news.push(entry);
    this.#bytes += bytes;
    this.#timer ??= setTimeout(() => this.flush(), EVERY_MS);
  }

  /** What was told before a final row of the same task leaves before it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#news.length === 0) return;
    const news = this.#news;
    this.#news = [];
    this.#bytes = 0;
    this.#outbox.push({ type: 'provisional', watch: this.#watch, news });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#news = [];
  }
}

function entryOf(news: ProvisionalNews): ProvisionalMessage['news'][number] {
  if (news.type === 'retracted') return { from: news.from, to: news.to };
  const { column, confidence } = news;
  return { from: column.from, to: column.to, values: column.bytes, confidence };
}
