import { expect, test } from 'vitest';
import { SipHash } from './sip-hash.ts';

// Vectors of the paper's appendix A and of its reference code (vectors.h): the key is 00 to 0f, the message 00, 01, …

const key = Uint8Array.from({ length: 16 }, (_, i) => i);

const VECTORS = [
  [0, '310e0edd47db6f72'],
  [1, 'fd67dc93c539f874'],
  [2, '5a4fa9d909806c0d'],
  [3, '2d7efbd796666785'],
  [8, '6224939a79f5f593'],
  [15, 'e545be4961ca29a1'],
  [63, '724506eb4c328a95'],
] as const;

test.each(VECTORS)(
  '[CO80] the SipHash-2-4 of %i bytes is that of the reference',
  (length, digest) => {
    const message = Uint8Array.from({ length }, (_, i) => i);
    expect(Buffer.from(new SipHash(key).hash(message)).toString('hex')).toBe(digest);
  },
);

test('[CO80] a key has 16 bytes', () => {
  expect(() => new SipHash(new Uint8Array(15))).toThrow('16 bytes');
});
