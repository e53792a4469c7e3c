import { Session } from 'node:inspector/promises';
import { writeFileSync } from 'node:fs';
import { BenchGrid } from './bench-grid.ts';
import { launchBrowser } from '../apps/cli/src/browser.ts';
import { range } from 'manytabs';
import { spawn } from 'node:child_process';
const browser = await launchBrowser();
process.env.NODE_OPTIONS = '--inspect=127.0.0.1:9333';
const g = await BenchGrid.start(process.cwd());
delete process.env.NODE_OPTIONS;
await g.join(browser); await g.join(browser);
const list = await (await fetch('http://127.0.0.1:9333/json')).json() as any[];
const ws = new (globalThis.WebSocket ?? (await import('ws')).default as any)(list[0].webSocketDebuggerUrl);
await new Promise((r) => ws.on ? ws.on('open', r) : (ws.onopen = r));
let id = 0; const waits = new Map<number, (v: any) => void>();
const onm = (t: string) => { const m = JSON.parse(t); waits.get(m.id)?.(m.result); };
ws.on ? ws.on('message', (b: any) => onm(String(b))) : (ws.onmessage = (e: any) => onm(e.data));
const call = (method: string, params = {}) => new Promise<any>((r) => { waits.set(++id, r); ws.send(JSON.stringify({ id, method, params })); });
const f = (seed: number, ctx: any) => { let x = seed; for (let i = 0; i < ctx.args.loops; i++) x = (Math.imul(x, 1103515245) + 12345) | 0; return x; };
const mode = process.argv[2];
const once = async () => {
  if (mode === 'one') { const spans: number[] = []; for (let i = 0; i < 100; i++) { const b = performance.now(); await g.grid.map([i], (n: number) => n, { quorum: 1, name: 'one' }); spans.push(performance.now() - b); } spans.sort((a, b) => a - b); console.log('p50', spans[50]); }
  else { const loops = Number(process.argv[3] ?? 16e6); const n = Number(process.argv[4] ?? 300); const b = Date.now(); await g.grid.map(range(n), f, { quorum: 1, args: { loops }, name: 'n' }); console.log('span', Date.now() - b); }
};
await once();
await call('Profiler.enable'); await call('Profiler.setSamplingInterval', { interval: 200 }); await call('Profiler.start');
await once();
const { profile } = await call('Profiler.stop');
writeFileSync('/tmp/sp/coord.cpuprofile', JSON.stringify(profile));
await g.close(); await browser.close(); process.exit(0);
