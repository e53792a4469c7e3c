const TASK = `/**
 * One task: it gets an input and a context, and returns plain data. It runs in other people's tabs, in a sandbox: it may
 * use its input, ctx and the language, and nothing else.
 */
export default function estimatePi({ points, seed }, ctx) {
  let inside = 0;
  let state = seed;
  for (let i = 0; i < points; i++) {
    state = (state * 16807) % 2147483647;
    const x = state / 2147483647;
    state = (state * 16807) % 2147483647;
    const y = state / 2147483647;
    if (x * x + y * y < 1) inside++;
  }
  ctx.progress(1);
  return { points, inside };
}
`;

const RUN = `import { readFileSync } from 'node:fs';
import { Grid } from 'manytabs';
import estimatePi from './task.mjs';

// Here on this machine, or on the grid that MANYTABS_URL and MANYTABS_TOKEN name.
const isLocal = process.argv.includes('--local');
const { MANYTABS_URL = 'http://127.0.0.1:4600', MANYTABS_TOKEN: token } = process.env;
const grid = isLocal ? await Grid.local() : await Grid.connect(MANYTABS_URL, { token });

const inputs = readFileSync('inputs.ndjson', 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
const job = grid.map(inputs, estimatePi, { name: 'pi' });
job.on('progress', ({ tasks }) => console.error(\`\${tasks.final} of \${tasks.total}\`));

const results = await job;
const points = results.reduce((sum, result) => sum + result.points, 0);
const inside = results.reduce((sum, result) => sum + result.inside, 0);
console.log(\`pi is about \${(4 * inside) / points}\`);
await grid.close();
`;

const INPUTS = Array.from(
  { length: 20 },
  (_, i) => `{"points":1000000,"seed":${i * 7919 + 1}}\n`,
).join('');

const README = `# A job for Manytabs

    npm install
    npm run local        # on this machine
    npm run grid         # on the grid of MANYTABS_URL, with MANYTABS_TOKEN
    manytabs run task.mjs --inputs inputs.ndjson

task.mjs is what every task computes, inputs.ndjson has a line for each task, run.mjs puts the results together.
`;

/** What `manytabs init` writes. */
export const PROJECT_FILES: Readonly<Record<string, string>> = {
  'task.mjs': TASK,
  'run.mjs': RUN,
  'inputs.ndjson': INPUTS,
  'README.md': README,
  '.gitignore': 'node_modules/\n',
};
