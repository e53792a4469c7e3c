import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * Connections to a server that a test can lose. `cut` closes them; `cutAfter` lets what the client says through, but
 * closes instead of giving the answer; `holdBack` closes towards the client and delivers later; `freeze` loses everything and closes nothing, as a broken network does.
 */
export class FaultyProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cutAfter: RegExp | undefined;
  #holdBack: { message: RegExp; keep: (deliver: () => Promise<void>) => void } | undefined;
  #frozen = false;
  port = 0;

  static async to(port: number): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    const address = proxy.#server.address();
    proxy.port = typeof address === 'object' && address ? address.port : 0;
    return proxy;
  }

  private constructor(port: number) {
    this.#server = createServer((client) => this.#join(client, connect(port, '127.0.0.1')));
  }

  /** Closes all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The next answer to a message like this is lost, and its connection with it. */
  cutAfter(message: RegExp): void {
    this.#cutAfter = message;
  }

  /** The next message like this is kept, and its client is cut off. What it gives delivers, and resolves when answered. */
  holdBack(message: RegExp): () => Promise<void> {
    let deliver: (() => Promise<void>) | undefined;
    this.#holdBack = {
      message,
      keep: (later) => {
        deliver = later;
      },
    };
    return async () => await deliver?.();
  }

  freeze(frozen: boolean): void {
    this.#frozen = frozen;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    let isDoomed = false;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', end);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    client.on('data', (chunk) => {
      if (this.#frozen) return;
      if (this.#holdBack?.message.test(chunk.toString('latin1'))) {
        this.#holdBack.keep(async () => {
          server.write(chunk);
          await once(server, 'data');
          server.destroy();
        });
        this.#holdBack = undefined;
        client.off('close', end).destroy();
        return;
      }
      if (this.#cutAfter?.test(chunk.toString('latin1'))) {
        this.#cutAfter = undefined;
        isDoomed = true;
      }
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (isDoomed) end();
      else if (!this.#frozen) client.write(chunk);
    });
  }
}
