import { expect, test, vi } from 'vitest';
import { decoders } from './decoders.ts';
import { feed, fuzz } from './fuzz.ts';
import { handlers } from './handlers.ts';
import { KEPT_SEEDS } from './seeds.ts';

/** `npm run fuzz` gives each 100,000. */
const COUNT = 500;
vi.setConfig({ testTimeout: 60_000 });

const targets = [...(await decoders()), ...handlers()];

test.each(targets)(
  '[AC21] $name: nothing is thrown past the edge, and offenders meet a code',
  async (target) => {
    const { refused, inputs } = await fuzz(target, { seed: 20_261_125, count: COUNT });
    expect(inputs).toBe(COUNT);
    // A decoder that refuses nothing was given nothing wrong.
    if (/^(frames|values|columns|WASM|tokens|manifests|sites)/.test(target.name)) {
      expect(refused).toBeGreaterThan(COUNT / 20);
    }
  },
);

test.each(KEPT_SEEDS)('[AC21] input $n of seed $seed of $target', async ({ target, seed, n }) => {
  const found = targets.find(({ name }) => name === target);
  if (!found) throw new Error(`there is no target ${target}`);
  await feed(found, seed, n);
});
