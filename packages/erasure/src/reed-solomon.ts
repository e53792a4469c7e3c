import { assert } from '@manytabs/protocol';
import { addProduct } from './field.ts';
import { inverse, parityRow, pieceRow, times } from './matrix.ts';

const PIECES_MAX = 255;

/**
 * The parity pieces of a stripe, each as long as the longest data piece; shorter ones count as filled up with zeros.
 * Any `data.length` of all pieces give the others back.
 */
export function encodeParity(data: readonly Uint8Array[], parity: number): Uint8Array[] {
  assert(data.length > 0 && data.length + parity <= PIECES_MAX, 'a stripe has 1 to 255 pieces');
  const length = Math.max(...data.map((piece) => piece.length));
  return Array.from({ length: parity }, (_, number) =>
    combine(data, parityRow(number, data.length), length),
  );
}

/**
 * One piece of a stripe from any `data` others, by their numbers; `length` is what it has itself.
 * @param pieces exactly `data` of them
 */
export function rebuildPiece(
  pieces: ReadonlyMap<number, Uint8Array>,
  stripe: { readonly data: number; readonly piece: number; readonly length: number },
): Uint8Array {
  const { data, piece, length } = stripe;
  assert(pieces.size === data, 'as many pieces are given as the stripe has data');
  const known = [...pieces.keys()];
  const back = inverse(known.map((number) => pieceRow(number, data)));
  return combine([...pieces.values()], times(pieceRow(piece, data), back), length);
}

function combine(
  pieces: readonly Uint8Array[],
  factors: readonly number[],
  length: number,
): Uint8Array {
  const sum = new Uint8Array(length);
  for (const [i, piece] of pieces.entries()) addProduct(sum, piece, factors[i] ?? 0);
  return sum;
}
