import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { must } from '@manytabs/protocol';
import type { Browser, BrowserContext, Page } from 'playwright-core';

declare global {
  interface Window {
    /** The page's end of the pair. */
    pair: { connection: RTCPeerConnection; channel: RTCDataChannel };
  }
}

const CHUNK_BYTES = 64 * 1024;
const QUEUED_MAX = 1024 * 1024;
const MIB = 1024 * 1024;

/** Two tabs and nothing between them but a data channel: what no file system over tabs can pass. */
export class TabPair {
  readonly #server: Server;
  readonly #contexts: readonly BrowserContext[];
  readonly #one: Page;
  readonly #other: Page;

  private constructor(server: Server, contexts: readonly BrowserContext[], pages: readonly Page[]) {
    this.#server = server;
    this.#contexts = contexts;
    this.#one = must(pages[0], 'there are two');
    this.#other = must(pages[1], 'there are two');
  }

  static async open(browser: Browser): Promise<TabPair> {
    const server = await serve();
    const { port } = server.address() as AddressInfo;
    const contexts = [await browser.newContext(), await browser.newContext()];
    const pages = await Promise.all(contexts.map((context) => context.newPage()));
    for (const page of pages) await page.goto(`http://127.0.0.1:${port}/`);
    const pair = new TabPair(server, contexts, pages);
    await pair.#connect();
    return pair;
  }

  /** Sends random bytes from one tab to the other; MB/s. */
  async megabytesPerSecond(mib: number): Promise<number> {
    const received = this.#other.evaluate(receive, mib * MIB);
    const began = performance.now();
    await this.#one.evaluate(send, { bytes: mib * MIB, chunk: CHUNK_BYTES, queued: QUEUED_MAX });
    await received;
    return (mib * MIB) / 1_000 / (performance.now() - began);
  }

  /** From a small message to its answer of so many bytes, in ms. */
  async roundTrips(count: number, answerBytes: number): Promise<number[]> {
    await this.#other.evaluate(answer, { bytes: answerBytes, chunk: CHUNK_BYTES });
    return this.#one.evaluate(ask, { count, bytes: answerBytes });
  }

  /** The same bytes from a server on this machine to a tab, by fetch, and back; MB/s. */
  async http(mib: number): Promise<{ get: number; put: number }> {
    const bytes = mib * MIB;
    const ms = await this.#one.evaluate(download, `/bytes/${bytes}`);
    const up = await this.#one.evaluate(upload, bytes);
    return { get: bytes / 1_000 / ms, put: bytes / 1_000 / up };
  }

  async close(): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #connect(): Promise<void> {
    const offer = await this.#one.evaluate(offerChannel);
    const reply = await this.#other.evaluate(answerChannel, offer);
    const opened = this.#one.evaluate(acceptAnswer, reply);
    await Promise.all([opened, this.#other.evaluate(untilOpen)]);
  }
}

function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const size = /^\/bytes\/(\d+)$/.exec(request.url ?? '')?.[1];
    if (request.method === 'POST') request.resume().on('end', () => response.end());
    else if (size !== undefined) response.end(Buffer.alloc(Number(size), 7));
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

// What follows runs in the pages; none of it may name anything outside itself.

async function offerChannel(): Promise<string> {
  const connection = new RTCPeerConnection({ iceServers: [] });
  const channel = connection.createDataChannel('bench');
  channel.binaryType = 'arraybuffer';
  window.pair = { connection, channel };
  await connection.setLocalDescription(await connection.createOffer());
  while (connection.iceGatheringState !== 'complete') await new Promise((go) => setTimeout(go, 10));
  return connection.localDescription?.sdp ?? '';
}

async function answerChannel(sdp: string): Promise<string> {
  const connection = new RTCPeerConnection({ iceServers: [] });
  connection.ondatachannel = ({ channel }) => {
    channel.binaryType = 'arraybuffer';
    window.pair = { connection, channel };
  };
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription(await connection.createAnswer());
  while (connection.iceGatheringState !== 'complete') await new Promise((go) => setTimeout(go, 10));
  return connection.localDescription?.sdp ?? '';
}

async function acceptAnswer(sdp: string): Promise<void> {
  const { connection, channel } = window.pair;
  await connection.setRemoteDescription({ type: 'answer', sdp });
  while (channel.readyState !== 'open') await new Promise((go) => setTimeout(go, 10));
}

async function untilOpen(): Promise<void> {
  while (window.pair?.channel.readyState !== 'open') await new Promise((go) => setTimeout(go, 10));
}

function receive(bytes: number): Promise<void> {
  const { channel } = window.pair;
  let left = bytes;
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      left -= data.byteLength;
      if (left <= 0) resolve();
    };
  });
}

async function send(order: { bytes: number; chunk: number; queued: number }): Promise<void> {
  const { channel } = window.pair;
  const chunk = crypto.getRandomValues(new Uint8Array(order.chunk));
  channel.bufferedAmountLowThreshold = order.queued / 2;
  for (let sent = 0; sent < order.bytes; sent += order.chunk) {
    if (channel.bufferedAmount > order.queued) {
      await new Promise((low) => {
        channel.onbufferedamountlow = low;
      });
    }
    channel.send(chunk);
  }
}

function answer({ bytes, chunk }: { bytes: number; chunk: number }): void {
  const { channel } = window.pair;
  const part = crypto.getRandomValues(new Uint8Array(Math.min(chunk, bytes)));
  channel.onmessage = () => {
    for (let sent = 0; sent < bytes; sent += part.length) channel.send(part);
  };
}

async function ask({ count, bytes }: { count: number; bytes: number }): Promise<number[]> {
  const { channel } = window.pair;
  const spans: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    let left = bytes;
    await new Promise<void>((resolve) => {
      channel.onmessage = ({ data }) => {
        left -= data.byteLength;
        if (left <= 0) resolve();
      };
      channel.send(new Uint8Array(64));
    });
    spans.push(performance.now() - began);
  }
  return spans;
}

async function download(path: string): Promise<number> {
  const began = performance.now();
  await (await fetch(path, { cache: 'no-store' })).arrayBuffer();
  return performance.now() - began;
}

async function upload(bytes: number): Promise<number> {
  const body = new Uint8Array(bytes);
  const began = performance.now();
  await fetch('/', { method: 'POST', body });
  return performance.now() - began;
}
