import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileLayout } from './file-layout.ts';

const code = fc.option(
  fc.record({ data: fc.integer({ min: 1, max: 8 }), parity: fc.integer({ min: 1, max: 4 }) }),
  {
    nil: null,
  },
);

test('[FI4] the data pieces, in order, are the file, and every piece is of one stripe', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer({ min: 1, max: 9 }), code, (bytes, shardBytes, scheme) => {
      const layout = new FileLayout(bytes, shardBytes, scheme);
      const data = Array.from({ length: layout.pieces }, (_, piece) => piece).filter(
        (piece) => layout.dataShardOf(piece) !== undefined,
      );
      expect(data.map((piece) => layout.dataShardOf(piece))).toEqual([...data.keys()]);
      expect(data).toEqual(data.map((_, number) => layout.pieceOf(number)));
      expect(data.reduce((sum, piece) => sum + layout.sizeOf(piece), 0)).toBe(bytes);
      if (!scheme) return;
      for (let piece = 0; piece < layout.pieces; piece++) {
        const stripe = layout.stripeOf(piece);
        expect(piece - stripe.first).toBeLessThan(stripe.data + stripe.parity);
        expect(layout.sizeOf(piece)).toBeLessThanOrEqual(stripe.pieceBytes);
      }
    }),
  );
});
