import { Bench } from './bench.ts';
import { range } from 'manytabs';
const bench = new Bench({ root: process.cwd(), rounds: 1 });
const { grid } = await bench.grid();
const bare = await bench.bare();
const loopsPerMs = await bare.loopsFor(1);
for (const [ms, tasks] of [[100, 60], [10, 500], [1, 4000]] as const) {
  const loops = loopsPerMs * ms;
  for (let round = 0; round < 3; round++) {
    const bareSpan = await bare.spin(loops, tasks);
    const began = Date.now();
    const rows: [number, number][] = [];
    const job = grid.map(range(tasks), (seed: number, ctx) => {
      const b = Date.now();
      let x = seed;
      for (let i = 0; i < ctx.args.loops; i++) x = (Math.imul(x, 1103515245) + 12345) | 0;
      return [b, Date.now() + (x === 1 ? 1 : 0)];
    }, { quorum: 1, args: { loops }, name: 'x' });
    const arrivals: number[] = [];
    const at: [number, number, number][] = [];
    for await (const r of job.results({ ordered: false })) { const v = r.value as [number, number]; rows.push(v); at.push([v[0] - began, v[1] - began, Date.now() - began]); }
    await job.ended();
    const span = Date.now() - began;
    const busy = rows.reduce((s, [b, e]) => s + e - b, 0);
    const first = Math.min(...at.map((a) => a[0])), last = Math.max(...at.map((a) => a[1]));
    console.log(ms, 'bare', Math.round(bareSpan), 'grid', span, 'first start', first, 'last end', last, 'busy/2', Math.round(busy / 2), 'per task', (busy / tasks).toFixed(2), 'bare per task', (bareSpan * 2 / tasks).toFixed(2));
    if (ms === 100) console.log(at.sort((a, b) => a[0] - b[0]).map((a) => `${a[0]}-${a[1]}@${a[2]}`).join(' '));
  }
}
await bench.close();
process.exit(0);
