import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { GridError } from '@manytabs/protocol';

const PATH = '/sandbox.html';
/** Asked so, the page keeps the origin it is served from: for browsers that start no worker without one. */
const OWN = '?own';
const ANY_LABEL = '*.';

/**
 * The origin that the sandbox page is served from, where it is not the grid's: `http://sandbox.example`, or
 * `https://*.sandbox.example`, of which each frame gets one of its own. Nothing else is served there.
 */
export class SandboxOrigin {
  readonly #scheme: string;
  readonly #host: string;
  #port: string;
  #html = '';

  /** @throws {GridError} `usage` */
  constructor(text: string) {
    const [scheme = '', rest = ''] = text.split('://');
    const isWild = rest.startsWith(ANY_LABEL);
    const bare = `${scheme}://${isWild ? rest.slice(ANY_LABEL.length) : rest}`;
    const url = URL.canParse(bare) ? new URL(bare) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash)
      throw new GridError('usage', `${text} is no origin, such as https://sandbox.example.org.`);
    this.#scheme = url.protocol;
    this.#host = (isWild ? ANY_LABEL : '') + url.hostname;
    this.#port = url.port;
  }

  /** Its sources in a policy, and what pages are told. */
  get pattern(): string {
    return `${this.#scheme}//${this.#host}${this.#port && `:${this.#port}`}`;
  }

  /** Where one frame finds the page. */
  place(): string {
    const label = randomBytes(10).toString('hex');
    return this.pattern.replace('*', label) + PATH;
  }

  /** Whether a request is for it, by the host that it names. */
  isAsked(host: string | undefined): boolean {
    return this.#asked(host) !== undefined;
  }

  #asked(host = ''): URL | undefined {
    const text = `${this.#scheme}//${host}`;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || url.port !== this.#port || url.href !== `${url.origin}/`) return undefined;
    const isWild = this.#host.startsWith(ANY_LABEL);
    const fits = isWild ? url.hostname.endsWith(this.#host.slice(1)) : url.hostname === this.#host;
    return fits ? url : undefined;
  }

  /** Takes the page from where the others are; without pages there is none. */
  load(root: string | undefined): void {
    if (root !== undefined) this.#html = readFileSync(join(root, 'sandbox.html'), 'utf8');
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const [path, query] = (request.url ?? '').split('?');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (path !== PATH || !isRead || this.#html === '') return void response.writeHead(404).end();
    const keepsOrigin = `?${query}` === OWN;
    response.writeHead(200, {
      ...HEADERS,
      'Content-Security-Policy': `sandbox allow-scripts${keepsOrigin ? ' allow-same-origin' : ''}`,
    });
    // Who is served by a server that does not say so runs in no origin at all, or not.
    const origin = this.#asked(request.headers.host)?.origin ?? '';
    const own = `<!doctype html>\n<html data-own-origin="${origin}">`;
    response.end(keepsOrigin ? this.#html.replace('<!doctype html>', own) : this.#html);
  }

  /**
   * Listens, where it is a port of this machine that the grid has not.
   * @returns what ends it
   * @throws {GridError} `address-in-use`
   */
  async listen(host: string, gridPort: string): Promise<() => Promise<void>> {
    if (this.#scheme !== 'http:' || this.#port === '' || this.#port === gridPort)
      return async () => {};
    const server = createServer((request, response) => {
      if (this.isAsked(request.headers.host)) this.answer(request, response);
      else response.writeHead(421).end();
    });
    await bound(server, host, Number(this.#port));
    this.#port = String((server.address() as AddressInfo).port);
    return () => closed(server);
  }
}

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-cache',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  // The widget's frame isolates itself where its page does, and takes in only what allows that.
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

function bound(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `Port ${port} on ${host}, for the sandbox, is taken.`;
      reject(new GridError('address-in-use', message, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
