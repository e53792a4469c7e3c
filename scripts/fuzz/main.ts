import { decoders } from './decoders.ts';
import { fuzz } from './fuzz.ts';
import { handlers } from './handlers.ts';

// `npm run fuzz`: everything that strangers' bytes reach, 100,000 inputs each. SEED=n repeats a run, COUNT=n changes how
// many, and words after `--` choose targets by a part of their name.

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const count = Number(process.env.COUNT ?? 100_000);
const words = process.argv.slice(2);

process.on('unhandledRejection', (reason) => {
  process.stderr.write(`SEED=${seed}: a promise was left to fail: ${reason}\n`);
  process.exit(1);
});

process.stderr.write(`SEED=${seed} COUNT=${count}\n`);
const targets = [...(await decoders()), ...handlers()];
let failed = 0;
for (const target of targets) {
  if (words.length > 0 && !words.some((word) => target.name.includes(word))) continue;
  try {
    const { name, inputs, refused, grownBytes, ms } = await fuzz(target, { seed, count });
    const grown = `${(grownBytes / 1024 / 1024).toFixed(1)} MiB more`;
    process.stdout.write(
      `${name.padEnd(34)} ${inputs} inputs, ${refused} refused, ${grown}, ${ms} ms\n`,
    );
  } catch (thrown) {
    failed += 1;
    process.stdout.write(`${target.name.padEnd(34)} FAILED: ${(thrown as Error).stack}\n`);
  }
}
process.exit(failed > 0 ? 1 : 0);
