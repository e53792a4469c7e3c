import {
  type ErrorCode,
  GridError,
  type Lane,
  LIMITS,
  type Link,
  type PeerId,
  type Transport,
} from '@manytabs/protocol';
import type { Page } from 'playwright-core';
import type { PeerJsOptions } from '../src/peerjs.ts';

/** What the page does for us. */
export interface PageCommands {
  openPeerJs(options: PeerJsOptions): Promise<number>;
  openWebSocket(options: { self: PeerId; url: string }): Promise<number>;
  connect(options: {
    transport: number;
    peer: PeerId;
    attempt: number;
    isAborted: boolean;
  }): Promise<{ link: number } | { code: ErrorCode; message: string }>;
  abort(attempt: number): void;
  send(options: { link: number; lane: Lane; bytes: Uint8Array }): { [lane in Lane]: number };
  ready(options: { link: number; lane: Lane }): Promise<{ [lane in Lane]: number }>;
  writeFrame(options: { link: number; lane: Lane; bytes: Uint8Array }): void;
  closeLink(options: { link: number; code: ErrorCode; message: string }): void;
  closeTransport(transport: number): Promise<void>;
  /** Sends each control message back, and one byte 255 for each bulk message. */
  answerPings(link: number): void;
}

export type PageEvent =
  | { type: 'link'; transport: number; link: number; peer: PeerId }
  | { type: 'message'; link: number; lane: Lane; bytes: Uint8Array }
  | { type: 'close'; link: number; code: ErrorCode; message: string };

/** A tab whose transports are used from here. Its links are real; this end only forwards. */
export class RemoteTab {
  readonly page: Page;
  readonly links = new Map<number, RemoteLink>();
  readonly #transports = new Map<number, RemoteTransport>();

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(page: Page, url: string): Promise<RemoteTab> {
    const tab = new RemoteTab(page);
    await page.exposeFunction('tell', (event: PageEvent) => tab.#hear(event));
    await page.goto(url);
    await page.waitForFunction(() => 'commands' in window);
    return tab;
  }

  do<Name extends keyof PageCommands>(
    name: Name,
    argument: Parameters<PageCommands[Name]>[0],
  ): Promise<Awaited<ReturnType<PageCommands[Name]>>> {
    return this.page.evaluate(
      ([command, value]) => (window.commands[command] as (value: unknown) => never)(value),
      [name, argument] as [Name, unknown],
    );
  }

  async peerJs(options: PeerJsOptions): Promise<Transport> {
    return this.#add(options.self, await this.do('openPeerJs', options));
  }

  async webSocket(options: { self: PeerId; url: string }): Promise<Transport> {
    return this.#add(options.self, await this.do('openWebSocket', options));
  }

  #add(self: PeerId, id: number): Transport {
    const transport = new RemoteTransport(this, self, id);
    this.#transports.set(id, transport);
    return transport;
  }

  #hear(event: PageEvent): void {
    if (event.type === 'link') {
      this.#transports.get(event.transport)?.tell(new RemoteLink(this, event.link, event.peer));
    } else if (event.type === 'message') {
      this.links.get(event.link)?.hear(event.lane, event.bytes);
    } else {
      this.links.get(event.link)?.finish(new GridError(event.code, event.message));
    }
  }
}

class RemoteTransport implements Transport {
  readonly self: PeerId;
  readonly #tab: RemoteTab;
  readonly #id: number;
  readonly #listeners: ((link: Link) => void)[] = [];
  #attempts = 0;

  constructor(tab: RemoteTab, self: PeerId, id: number) {
    this.#tab = tab;
    this.self = self;
    this.#id = id;
  }

  async connect(
    peer: PeerId,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Link> {
    const attempt = this.#id * 1000 + ++this.#attempts;
    const isAborted = signal?.aborted ?? false;
    signal?.addEventListener('abort', () => void this.#tab.do('abort', attempt));
    const made = await this.#tab.do('connect', { transport: this.#id, peer, attempt, isAborted });
    if ('code' in made) throw new GridError(made.code, made.message);
    return new RemoteLink(this.#tab, made.link, peer);
  }

  onLink(listener: (link: Link) => void): void {
    this.#listeners.push(listener);
  }

  tell(link: Link): void {
    for (const listener of this.#listeners) listener(link);
  }

  async close(): Promise<void> {
    await this.#tab.do('closeTransport', this.#id);
  }
}

/** Hears in the page's order. Sizes are checked here as well, because a throw cannot wait for the page. */
export class RemoteLink implements Link {
  readonly address = undefined;
  readonly origin = undefined;
  readonly binding = undefined;
  readonly peer: PeerId;
  readonly road = 'webrtc';
  readonly #tab: RemoteTab;
  readonly #id: number;
  readonly #messageListeners: ((lane: Lane, message: Uint8Array) => void)[] = [];
  readonly #closeListeners: ((reason: GridError) => void)[] = [];
  #held: [Lane, Uint8Array][] = [];
  #queued = { control: 0, bulk: 0 };
  #closedBy: GridError | undefined;

  constructor(tab: RemoteTab, id: number, peer: PeerId) {
    this.#tab = tab;
    this.#id = id;
    this.peer = peer;
    tab.links.set(id, this);
  }

  send(lane: Lane, bytes: Uint8Array): void {
    const bytesMax = lane === 'control' ? LIMITS.CONTROL_BYTES_MAX : LIMITS.BULK_BYTES_MAX;
    if (bytes.length > bytesMax) throw new GridError('frame-too-large', 'Over the limit.');
    this.#queued[lane] += bytes.length;
    this.#update(this.#tab.do('send', { link: this.#id, lane, bytes }));
  }

  queuedBytes(lane: Lane): number {
    return this.#closedBy ? 0 : this.#queued[lane];
  }

  async ready(lane: Lane): Promise<void> {
    if (!this.#closedBy) await this.#update(this.#tab.do('ready', { link: this.#id, lane }));
  }

  onMessage(listener: (lane: Lane, message: Uint8Array) => void): void {
    this.#messageListeners.push(listener);
    for (const [lane, message] of this.#held.splice(0)) listener(lane, message);
  }

  onClose(listener: (reason: GridError) => void): void {
    if (this.#closedBy) listener(this.#closedBy);
    else this.#closeListeners.push(listener);
  }

  close(reason = new GridError('closed', 'The link was closed.')): void {
    const { code, message } = reason;
    void this.#tab.do('closeLink', { link: this.#id, code, message });
    this.finish(reason);
  }

  writeFrame(lane: Lane, bytes: Uint8Array): void {
    void this.#tab.do('writeFrame', { link: this.#id, lane, bytes });
  }

  /** In the page itself: the way through the browser's debugging port is too slow to show a round trip. */
  answerPings(): Promise<void> {
    return this.#tab.do('answerPings', this.#id);
  }

  hear(lane: Lane, message: Uint8Array): void {
    if (this.#messageListeners.length === 0) this.#held.push([lane, message]);
    for (const listener of this.#messageListeners) listener(lane, message);
  }

  finish(reason: GridError): void {
    if (this.#closedBy) return;
    this.#closedBy = reason;
    for (const listener of this.#closeListeners.splice(0)) listener(reason);
  }

  async #update(answer: Promise<{ [lane in Lane]: number }>): Promise<void> {
    this.#queued = { ...(await answer) };
  }
}
