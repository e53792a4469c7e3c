import { readFileSync, readdirSync } from 'node:fs';
import { Bench } from './bench.ts';
import { range } from 'manytabs';
function cpu() { const m = new Map<number, { t: number; name: string }>(); for (const d of readdirSync('/proc')) { if (!/^\d+$/.test(d)) continue; try { const cmd = readFileSync(`/proc/${d}/cmdline`, 'utf8').replaceAll('\0', ' '); for (const th of readdirSync(`/proc/${d}/task`)) { const s = readFileSync(`/proc/${d}/task/${th}/stat`, 'utf8'); const f = s.slice(s.lastIndexOf(')') + 2).split(' '); const name = s.slice(s.indexOf('(') + 1, s.lastIndexOf(')')); const type = /--type=(\S+)/.exec(cmd)?.[1] ?? (cmd.includes('chrom') ? 'browser' : cmd.slice(0, 60)); m.set(Number(th), { t: (Number(f[11]) + Number(f[12])) * 10, name: `${type}:${d}/${name}` }); } } catch {} } return m; }
const bench = new Bench({ root: process.cwd(), rounds: 1 });
const { grid } = await bench.grid();
const loops = 16e6, tasks = Number(process.argv[2] ?? 300);
const f = (seed: number, ctx: any) => { let x = seed; for (let i = 0; i < ctx.args.loops; i++) x = (Math.imul(x, 1103515245) + 12345) | 0; return x; };
for (const l of [loops, Number(process.argv[3] ?? loops)]) {
  const a = cpu(); const began = Date.now();
  await grid.map(range(tasks * loops / l), f, { quorum: 1, args: { loops: l }, name: 'n' });
  const span = Date.now() - began; const b = cpu();
  console.log('loops', l, 'span', span);
  const rows = [...b].map(([k, v]) => [v.t - (a.get(k)?.t ?? 0), v.name] as const).filter((r) => r[0] >= 20).sort((x, y) => y[0] - x[0]);
  for (const r of rows.slice(0, 22)) console.log(r[0], r[1]);
}
await bench.close(); process.exit(0);
