import { assert } from '@manytabs/protocol';

const ROUNDS = 2;
const FINAL_ROUNDS = 4;

/** Each 64-bit word is two of the state's places, the low half first. */
const V0 = 0;
const V1 = 2;
const V2 = 4;
const V3 = 6;

/**
 * SipHash-2-4 (Aumasson and Bernstein 2012): a message authentication code of 64 bits that is quick for short messages.
 * Words are kept as halves, because a BigInt is an object and the hash is made for every lease.
 */
export class SipHash {
  readonly #key: readonly number[];
  readonly #state = new Int32Array(8);

  /** `key`: 16 bytes. */
  constructor(key: Uint8Array) {
    assert(key.length === 16, 'a SipHash key has 16 bytes');
    this.#key = [0, 4, 8, 12].map((at) => wordAt(key, at));
  }

  /** 8 bytes. */
  hash(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    this.#begin();
    const whole = bytes.length - (bytes.length % 8);
    for (let at = 0; at < whole; at += 8) this.#absorb(wordAt(bytes, at), wordAt(bytes, at + 4));
    const high = wordAt(bytes, whole + 4) | (bytes.length << 24);
    this.#absorb(wordAt(bytes, whole), high);
    return this.#end();
  }

  #begin(): void {
    const state = this.#state;
    const [k0 = 0, k0High = 0, k1 = 0, k1High = 0] = this.#key;
    // "somepseudorandomlygeneratedbytes"
    state[V0] = k0 ^ 0x70736575;
    state[V0 + 1] = k0High ^ 0x736f6d65;
    state[V1] = k1 ^ 0x6e646f6d;
    state[V1 + 1] = k1High ^ 0x646f7261;
    state[V2] = k0 ^ 0x6e657261;
    state[V2 + 1] = k0High ^ 0x6c796765;
    state[V3] = k1 ^ 0x79746573;
    state[V3 + 1] = k1High ^ 0x74656462;
  }

  #absorb(low: number, high: number): void {
    const state = this.#state;
    state[V3] = at(state, V3) ^ low;
    state[V3 + 1] = at(state, V3 + 1) ^ high;
    for (let i = 0; i < ROUNDS; i++) round(state);
    state[V0] = at(state, V0) ^ low;
    state[V0 + 1] = at(state, V0 + 1) ^ high;
  }

  #end(): Uint8Array<ArrayBuffer> {
    const state = this.#state;
    state[V2] = at(state, V2) ^ 0xff;
    for (let i = 0; i < FINAL_ROUNDS; i++) round(state);
    const digest = new Uint8Array(8);
    for (let i = 0; i < 8; i++) {
      const half = i >> 2;
      const word = at(state, V0 + half) ^ at(state, V1 + half) ^ at(state, V2 + half);
      digest[i] = (word ^ at(state, V3 + half)) >>> (8 * (i & 3));
    }
    return digest;
  }
}

function round(state: Int32Array): void {
  add(state, V0, V1);
  add(state, V2, V3);
  mix(state, V1, 13, V0);
  mix(state, V3, 16, V2);
  swap(state, V0);
  add(state, V2, V1);
  add(state, V0, V3);
  mix(state, V1, 17, V2);
  mix(state, V3, 21, V0);
  swap(state, V2);
}

function add(state: Int32Array, to: number, from: number): void {
  const low = (at(state, to) >>> 0) + (at(state, from) >>> 0);
  const carry = low > 0xffffffff ? 1 : 0;
  state[to] = low | 0;
  state[to + 1] = at(state, to + 1) + at(state, from + 1) + carry;
}

/** Rotates a word left, by less than 32 bits, and adds another to it without carry. */
function mix(state: Int32Array, word: number, bits: number, other: number): void {
  const low = at(state, word);
  const high = at(state, word + 1);
  state[word] = ((low << bits) | (high >>> (32 - bits))) ^ at(state, other);
  state[word + 1] = ((high << bits) | (low >>> (32 - bits))) ^ at(state, other + 1);
}

/** Rotates by 32 bits. */
function swap(state: Int32Array, word: number): void {
  const low = at(state, word);
  state[word] = at(state, word + 1);
  state[word + 1] = low;
}

function at(state: Int32Array, place: number): number {
  return state[place] as number;
}

/** Four bytes, little end first; those past the end are undefined, which counts as nothing here. */
function wordAt(bytes: Uint8Array, from: number): number {
  const low = (bytes[from] as number) | ((bytes[from + 1] as number) << 8);
  return low | ((bytes[from + 2] as number) << 16) | ((bytes[from + 3] as number) << 24);
}
