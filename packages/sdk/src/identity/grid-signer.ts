import {
  type JobId,
  type JobMessage,
  manifestBytes,
  sameBytes,
  type VolunteerId,
  welcomeBytes,
} from '@manytabs/protocol';
import { ed25519Sign, publicKeyOf } from './crypto.ts';

const CACHED_MAX = 1_000;

/** Signs what the grid says with the grid's own key. A job's manifest is the same for every volunteer: signed once. */
export class GridSigner {
  readonly publicKey: Uint8Array;
  readonly #secretKey: Uint8Array;
  readonly #signed = new Map<
    JobId,
    { readonly bytes: Uint8Array; readonly signature: Uint8Array }
  >();

  /** @param secretKey 32 bytes, the same over restarts: tabs remember its public half */
  constructor(secretKey: Uint8Array) {
    this.#secretKey = secretKey;
    this.publicKey = publicKeyOf(secretKey);
  }

  welcome(nonce: Uint8Array, volunteer: VolunteerId, binding: Uint8Array | undefined): Uint8Array {
    return ed25519Sign(welcomeBytes(nonce, volunteer, binding), this.#secretKey);
  }

  job(message: JobMessage): JobMessage {
    const bytes = manifestBytes(message);
    const known = this.#signed.get(message.jobId);
    if (known && sameBytes(known.bytes, bytes)) return { ...message, signature: known.signature };
    const signature = ed25519Sign(bytes, this.#secretKey);
    this.#signed.delete(message.jobId);
    this.#signed.set(message.jobId, { bytes, signature });
    const [oldest] = this.#signed.keys();
    if (this.#signed.size > CACHED_MAX && oldest !== undefined) this.#signed.delete(oldest);
    return { ...message, signature };
  }
}
