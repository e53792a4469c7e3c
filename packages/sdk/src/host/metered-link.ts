import type { GridError, Lane, Link } from '@manytabs/protocol';
import type { HostObserver } from './options.ts';

/** A link of which somebody counts the frames. */
export class MeteredLink implements Link {
  readonly #link: Link;
  readonly #observer: HostObserver;

  constructor(link: Link, observer: HostObserver) {
    this.#link = link;
    this.#observer = observer;
  }

  get peer(): Link['peer'] {
    return this.#link.peer;
  }

  get road(): Link['road'] {
    return this.#link.road;
  }

  get address(): Link['address'] {
    return this.#link.address;
  }

  get origin(): Link['origin'] {
    return this.#link.origin;
  }

  get binding(): Link['binding'] {
    return this.#link.binding;
  }

  send(lane: Lane, message: Uint8Array): void {
    this.#observer.onFrame('out', lane, message.length);
    this.#link.send(lane, message);
  }

  queuedBytes(lane: Lane): number {
    return this.#link.queuedBytes(lane);
  }

  ready(lane: Lane): Promise<void> {
    return this.#link.ready(lane);
  }

  onMessage(listener: (lane: Lane, message: Uint8Array) => void): void {
    this.#link.onMessage((lane, message) => {
      this.#observer.onFrame('in', lane, message.length);
      listener(lane, message);
    });
  }

  onClose(listener: (reason: GridError) => void): void {
    this.#link.onClose(listener);
  }

  close(reason?: GridError): void {
    this.#link.close(reason);
  }
}
