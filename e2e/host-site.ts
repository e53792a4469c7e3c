import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page of somebody else's site. */
export interface HostPage {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?: string;
}

/**
 * A site of its own origin. By the name `localhost` it is another site than a grid on 127.0.0.1, and the browser of the
 * tests gives frames of other sites no store; by the grid's own name it differs in its port alone, and they have one.
 */
export class HostSite {
  readonly origin: string;
  readonly #server: Server;
  readonly #pages = new Map<string, HostPage>();

  private constructor(server: Server, name: string) {
    this.#server = server;
    this.origin = `http://${name}:${(server.address() as AddressInfo).port}`;
  }

  static async open(name: 'localhost' | '127.0.0.1' = 'localhost'): Promise<HostSite> {
    const server = createServer((request, response) => {
      const page = site.#pages.get((request.url ?? '/').split('?')[0] ?? '/');
      response.writeHead(page ? 200 : 404, { 'Content-Type': 'text/html', ...page?.headers });
      response.end(page?.body);
    });
    await new Promise<void>((up) => server.listen(0, name, up));
    const site = new HostSite(server, name);
    return site;
  }

  /** A site that is there as long as something uses it. */
  static async during(use: (site: HostSite) => Promise<void>): Promise<void> {
    const site = await HostSite.open();
    await use(site);
    await site.close();
  }

  /** @returns the address of the page. */
  page(path: string, page: HostPage): string {
    const headers = page.type ? { ...page.headers, 'Content-Type': page.type } : page.headers;
    this.#pages.set(path, { ...page, ...(headers ? { headers } : {}) });
    return `${this.origin}${path}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
