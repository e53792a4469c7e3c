import type { Transport } from '@manytabs/protocol';

/** Makes the road to another server of the grid. */
export type Road = (url: string) => Promise<Transport>;

/** The servers of a grid beside the one that was asked for: where to go if that one dies. */
export class Alternatives {
  readonly #known: URL;
  readonly #road: Road;
  readonly #hosts: Set<string>;

  constructor(known: string | URL, road: Road) {
    this.#known = new URL(known);
    this.#road = road;
    this.#hosts = new Set([this.#known.host]);
  }

  /** Roads to the servers that are new. */
  async learn(urls: readonly string[]): Promise<Transport[]> {
    const fresh = urls.filter((url) => this.#isFresh(url));
    const roads = await Promise.allSettled(fresh.map((url) => this.#road(url)));
    return roads.flatMap((road) => (road.status === 'fulfilled' ? [road.value] : []));
  }

  #isFresh(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { host, hostname } = new URL(url);
    // A server that calls itself localhost is meant for those on its machine.
    if (this.#hosts.has(host) || (isLoopback(hostname) && !isLoopback(this.#known.hostname))) {
      return false;
    }
    this.#hosts.add(host);
    return true;
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
