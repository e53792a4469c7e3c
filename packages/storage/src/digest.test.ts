import { hex } from '@manytabs/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256, sha256WithoutSubtle } from './digest.ts';
import { sha256Sync } from './node.ts';

test('[ST12] SHA-256 is the same with WebCrypto, without it, and in Node', async () => {
  expect(hex(await sha256(new TextEncoder().encode('abc')))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  const run = fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
    const expected = sha256Sync(bytes);
    expect(await sha256(bytes)).toEqual(expected);
    expect(await sha256WithoutSubtle(bytes)).toEqual(expected);
  });
  await fc.assert(run);
});
