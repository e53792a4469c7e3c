import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { merkleRoot } from './merkle-root.ts';

const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};
const id = (n: number) => new Uint8Array(32).fill(n);
const leaf = (n: number) => sha256(new Uint8Array([0]), id(n));
const node = (a: Uint8Array, b: Uint8Array) => sha256(new Uint8Array([1]), a, b);
const ids = (...numbers: number[]) => new Uint8Array(numbers.flatMap((n) => [...id(n)]));

test('[FI3] a root is that of RFC 6962: leaves and nodes differ, and the order counts', () => {
  expect(merkleRoot(ids(), sha256)).toEqual(sha256());
  expect(merkleRoot(ids(1), sha256)).toEqual(leaf(1));
  expect(merkleRoot(ids(1, 2, 3), sha256)).toEqual(node(node(leaf(1), leaf(2)), leaf(3)));
  expect(merkleRoot(ids(2, 1), sha256)).not.toEqual(merkleRoot(ids(1, 2), sha256));
});
