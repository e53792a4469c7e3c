import {
  GridError,
  type JobMessage,
  manifestBytes,
  sameBytes,
  type VolunteerId,
  welcomeBytes,
} from '@manytabs/protocol';
import { ed25519Verify } from './crypto.ts';

/** The grid's key as this browser remembers it. */
export interface Pins {
  read(): Uint8Array | undefined;
  write(key: Uint8Array): void;
  /** The last key that was refused here: whoever starts again after that was shown accepts it. */
  refused: Uint8Array | undefined;
}

/** For as long as the page lives. */
export function memoryPins(): Pins {
  let known: Uint8Array | undefined;
  return {
    read: () => known,
    write: (key) => {
      known = key;
    },
    refused: undefined,
  };
}

/**
 * Whether who speaks is the grid that this browser knows. The key of the first contact is kept; from then on nobody
 * else can pass for the grid, nor change what it asks to run.
 */
export class GridTrust {
  readonly #pins: Pins;
  #key: Uint8Array | undefined;

  constructor(pins: Pins) {
    this.#pins = pins;
  }

  /** @throws {GridError} `grid-key-changed` */
  meet(key: Uint8Array | undefined): void {
    const known = this.#pins.read();
    if (known && !isSameKey(known, key)) this.#onStranger(key);
    this.#key = key;
  }

  /** Remembers the key, now that its holder has shown that it has it. @throws {GridError} `grid-key-changed` */
  welcomed(said: {
    signature: Uint8Array | undefined;
    nonce: Uint8Array;
    volunteer: VolunteerId;
    binding: Uint8Array | undefined;
  }): void {
    if (!this.#key) return;
    const bytes = welcomeBytes(said.nonce, said.volunteer, said.binding);
    if (!said.signature || !ed25519Verify(said.signature, bytes, this.#key)) {
      throw new GridError('grid-key-changed', 'Who answers does not have the key of the grid.');
    }
    if (!isSameKey(this.#pins.read(), this.#key)) this.#pins.write(this.#key);
  }

  /** Before anything of the job is fetched or run. @throws {GridError} `manifest-refused` */
  checkJob(job: JobMessage): void {
    if (!this.#key) return;
    if (job.signature && ed25519Verify(job.signature, manifestBytes(job), this.#key)) return;
    throw new GridError('manifest-refused', 'A job does not bear the signature of the grid.');
  }

  /** @throws {GridError} `grid-key-changed` unless a person has seen this key refused and started again */
  #onStranger(key: Uint8Array | undefined): void {
    if (key && isSameKey(this.#pins.refused, key)) return;
    this.#pins.refused = key;
    throw new GridError('grid-key-changed', 'This grid shows another key than it did before.');
  }
}

function isSameKey(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && sameBytes(a, b);
}
