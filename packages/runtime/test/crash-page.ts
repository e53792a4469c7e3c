import { openJob, runTasks, runtimeOf } from './page.ts';

// A page of its own: one task of its job eats all memory, and it tells its server what became of the others.

const BOMB = `export const run = async (n) => {
  const heap = [];
  await new Promise((go) => setTimeout(go, 30));
  while (n === 2) heap.push({ n: heap.length, text: [n] });
  return n;
};`;

const job = await openJob(runtimeOf(), { js: BOMB, timeoutMs: 60_000 });
const { values, failures } = await runTasks(job, 0, 5);
await fetch(`/told?${JSON.stringify([values, failures[2]?.code])}`);
