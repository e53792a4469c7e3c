import { BenchGrid } from './bench-grid.ts';
import { BarePeer } from './ceiling/bare-peer.ts';
import { launchBrowser } from '../apps/cli/src/browser.ts';
import { range } from 'manytabs';
const browser = await launchBrowser();
const bare = await BarePeer.start(process.cwd(), browser, 1);
const g = await BenchGrid.start(process.cwd());
await g.join(browser);
const grid = g.grid;
const loops = 16e6, tasks = 30;
const A = (seed: number, ctx: any) => { const b = Date.now(); let x = seed; for (let i = 0; i < ctx.args.loops; i++) x = (Math.imul(x, 1103515245) + 12345) | 0; return [b, Date.now() + (x === 1 ? 1 : 0)]; };
const B = (seed: number, ctx: any) => { const b = Date.now(); let x = seed; const n = ctx.args.loops; for (let i = 0; i < n; i++) x = (Math.imul(x, 1103515245) + 12345) | 0; return [b, Date.now() + (x === 1 ? 1 : 0)]; };
for (let round = 0; round < 4; round++) {
  const bareSpan = await bare.spin(loops, tasks);
  const out: string[] = [];
  for (const [n, f] of [['args', A], ['local', B]] as const) {
    const began = Date.now();
    const v = (await grid.map(range(tasks), f, { quorum: 1, args: { loops }, name: n })) as [number, number][];
    const span = Date.now() - began;
    out.push(`${n} span ${span} task ${(v.reduce((s, [b, e]) => s + e - b, 0) / tasks).toFixed(1)} first ${v[0]![1] - v[0]![0]}`);
  }
  console.log('bare', (bareSpan / tasks).toFixed(1), out.join(' | '));
}
await g.close(); await bare.close(); await browser.close(); process.exit(0);
