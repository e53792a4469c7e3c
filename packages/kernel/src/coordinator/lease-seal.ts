import { type JobId, type LeaseId, Prng, sameBytes, type VolunteerId } from '@manytabs/protocol';
import { SipHash } from './sip-hash.ts';

/** What a proof is about: all of it, and nothing else. */
export interface SealedLease {
  readonly volunteer: VolunteerId;
  readonly lease: LeaseId;
  readonly jobId: JobId;
  readonly from: number;
  readonly to: number;
}

const TEXT_BYTES_MAX = 63;

/**
 * Proofs that a lease was given to a volunteer, for it to show on another link: the coordinator keeps no list of the
 * leases it gave, not even over a restart. Whoever has the key can make them.
 */
export class LeaseSeal {
  readonly #hash: SipHash;
  readonly #bytes = new Uint8Array(2 * (1 + TEXT_BYTES_MAX) + 3 * 8);
  readonly #view = new DataView(this.#bytes.buffer);

  /** `key`: 16 bytes. */
  constructor(key: Uint8Array) {
    this.#hash = new SipHash(key);
  }

  /** 8 bytes. */
  prove(lease: SealedLease): Uint8Array<ArrayBuffer> {
    let at = this.#putText(0, lease.volunteer);
    at = this.#putText(at, lease.jobId);
    at = this.#putNumber(at, lease.lease);
    at = this.#putNumber(at, lease.from);
    at = this.#putNumber(at, lease.to);
    return this.#hash.hash(this.#bytes.subarray(0, at));
  }

  /** One guess a message, at 2^-64 each: it does not matter how long the comparison takes. */
  isProof(proof: Uint8Array, lease: SealedLease): boolean {
    return sameBytes(proof, this.prove(lease));
  }

  /** With its length ahead, so that no two leases make the same bytes; ids are ASCII and of a bounded length. */
  #putText(at: number, text: string): number {
    const length = Math.min(text.length, TEXT_BYTES_MAX);
    this.#bytes[at] = length;
    for (let i = 0; i < length; i++) this.#bytes[at + 1 + i] = text.charCodeAt(i);
    return at + 1 + length;
  }

  #putNumber(at: number, value: number): number {
    this.#view.setUint32(at, value >>> 0, true);
    this.#view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
    return at + 8;
  }
}

/** A key for tests and simulations, where nobody forges. */
export function keyOfSeed(seed: number): Uint8Array {
  const prng = new Prng(seed, 'lease key');
  return Uint8Array.from({ length: 16 }, () => prng.int(256));
}
