import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** Stands before a grid and passes everything on; while `isBroken`, the sandbox page loses its policy on the way. */
export class BrokenProxy {
  isBroken = true;
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  static async open(grid: string): Promise<BrokenProxy> {
    const { hostname, port } = new URL(grid);
    const server = createServer((asked, answer) => {
      const isSandbox = asked.url === '/sandbox.html' && proxy.isBroken;
      const options = { hostname, port, path: asked.url, method: asked.method };
      const headers = isSandbox ? { host: asked.headers.host } : asked.headers;
      const onward = request({ ...options, headers }, (got) => {
        if (isSandbox) return void passWithoutPolicy(got, (text) => answer.end(text));
        answer.writeHead(got.statusCode ?? 500, got.headers);
        got.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      asked.pipe(onward);
    });
    server.on('upgrade', (asked, socket, head) => {
      const onward = connect(Number(port), hostname, () => {
        const headers = asked.rawHeaders.map((text, i) => (i % 2 ? `${text}\r\n` : `${text}: `));
        onward.write(`GET ${asked.url} HTTP/1.1\r\n${headers.join('')}\r\n`);
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      for (const end of [socket, onward])
        end.on('error', () => [socket, onward].map((one) => one.destroy()));
    });
    await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
    const proxy = new BrokenProxy(server);
    return proxy;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}

async function passWithoutPolicy(got: IncomingMessage, end: (text: string) => void) {
  let text = '';
  for await (const part of got.setEncoding('utf8')) text += part;
  end(text.replace(/<meta http-equiv="Content-Security-Policy".*\n/, ''));
}
