import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { assert } from '@manytabs/protocol';
import { build } from 'esbuild';
import nodeDataChannel, { type DataChannel, type PeerConnection } from 'node-datachannel';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Messages under way to one tab: enough that neither end ever waits for the other. */
const WINDOW = 8;
/** Tabs that just opened, and code that was never run, are slower for a while. */
const CALM_TRIES = 4;

interface BareTab {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly channel: DataChannel;
}

/** Two tabs behind bare data channels: the ceiling that no grid over WebRTC and workers can pass. */
export class BarePeer {
  readonly #server: Server;
  readonly #connections: PeerConnection[] = [];
  readonly #channels: ((channel: DataChannel) => void)[] = [];
  readonly #tabs: BareTab[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(root: string, browser: Browser, tabs: number): Promise<BarePeer> {
    const files = await bundlePage(join(root, 'bench/ceiling'));
    const server = createServer();
    const peer = new BarePeer(server);
    server.on('request', (request, response) => void peer.#serve(files, request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    for (let i = 0; i < tabs; i++) await peer.#open(browser);
    return peer;
  }

  /** Runs no-op tasks, `perMessage` in a message, on all tabs; resolves with tasks a second. */
  async runTasks(tasks: number, perMessage: number): Promise<number> {
    const share = Math.ceil(tasks / this.#tabs.length);
    const began = performance.now();
    await Promise.all(this.#tabs.map(({ channel }) => pump(channel, share, perMessage)));
    return (share * this.#tabs.length * 1000) / (performance.now() - began);
  }

  /** Milliseconds from sending one task to having its result. */
  async runOne(): Promise<number> {
    const channel = this.#tabs[0]?.channel;
    assert(channel, 'a tab is open');
    const began = performance.now();
    await pump(channel, 1, 1);
    return performance.now() - began;
  }

  /** Has every tab's worker spin its share; resolves with the milliseconds until the last one is done. */
  async spin(loops: number, tasks: number): Promise<number> {
    const share = Math.ceil(tasks / this.#tabs.length);
    const spans = await Promise.all(
      this.#tabs.map(({ page }) =>
        page.evaluate(([a, b]) => window.spinBare(a, b), [loops, share] as const),
      ),
    );
    return Math.max(...spans);
  }

  /** How many loops of `spin` take `ms` with every tab at work: the quickest of some tries, once a few bring no quicker one. */
  async loopsFor(ms: number): Promise<number> {
    const loops = 1_000_000;
    const tasks = 400;
    let best = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < CALM_TRIES; tries++) {
      const span = await this.spin(loops, tasks * this.#tabs.length);
      if (span < best * 0.98) tries = 0;
      best = Math.min(best, span);
    }
    return Math.round((loops * ms * tasks) / best);
  }

  async close(): Promise<void> {
    await Promise.all(this.#tabs.map(({ context }) => context.close()));
    for (const connection of this.#connections) connection.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    nodeDataChannel.cleanup();
  }

  async #open(browser: Browser): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const channel = new Promise<DataChannel>((resolve) => this.#channels.push(resolve));
    await page.evaluate(() => window.connectBare());
    this.#tabs.push({ page, context, channel: await channel });
  }

  async #serve(
    files: ReadonlyMap<string, string>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const path = request.url ?? '/';
    const file = files.get(path);
    if (path === '/offer') response.end(await this.#answer(await textOf(request)));
    else if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': typeOf(path) }).end(file);
  }

  #answer(offer: string): Promise<string> {
    const connection = new nodeDataChannel.PeerConnection('bench', { iceServers: [] });
    this.#connections.push(connection);
    connection.onDataChannel((channel) => this.#channels.shift()?.(channel));
    return new Promise((resolve) => {
      connection.onGatheringStateChange((state) => {
        const answer = connection.localDescription();
        if (state === 'complete' && answer) resolve(answer.sdp);
      });
      connection.setRemoteDescription(offer, 'offer');
    });
  }
}

/** Keeps WINDOW messages under way until every task is back. */
function pump(channel: DataChannel, tasks: number, perMessage: number): Promise<void> {
  return new Promise((resolve) => {
    let sent = 0;
    let back = 0;
    const sendNext = () => {
      const count = Math.min(perMessage, tasks - sent);
      if (count === 0) return;
      const inputs = Float64Array.from({ length: count }, (_, i) => sent + i);
      sent += count;
      channel.sendMessageBinary(Buffer.from(inputs.buffer));
    };
    channel.onMessage((message) => {
      back += (message as ArrayBuffer | Buffer).byteLength / Float64Array.BYTES_PER_ELEMENT;
      if (back >= tasks) resolve();
      else sendNext();
    });
    for (let i = 0; i < WINDOW; i++) sendNext();
  });
}

async function bundlePage(folder: string): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'page.ts'), join(folder, 'worker.ts')],
    bundle: true,
    write: false,
    outdir: '/',
  });
  const html = await readFile(join(folder, 'page.html'), 'utf8');
  const scripts = outputFiles.map(
    ({ path, text }) => [`/${path.split(/[\\/]/).pop()}`, text] as const,
  );
  return new Map([['/', html], ...scripts]);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function typeOf(path: string): string {
  return path.endsWith('.js') ? 'text/javascript' : 'text/html';
}
