import { writeFileSync } from 'node:fs';
import { BenchGrid } from './bench-grid.ts';
import { launchBrowser } from '../apps/cli/src/browser.ts';
import { range } from 'manytabs';
const browser = await launchBrowser();
const g = await BenchGrid.start(process.cwd());
const p1 = await g.join(browser); await g.join(browser);
const loops = 16e6;
const f = (seed: number, ctx: any) => { let x = seed; for (let i = 0; i < ctx.args.loops; i++) x = (Math.imul(x, 1103515245) + 12345) | 0; return x; };
const c = await browser.newBrowserCDPSession();
await c.send('Tracing.start', { transferMode: 'ReturnAsStream', traceConfig: { includedCategories: ['devtools.timeline', 'toplevel', 'v8', 'disabled-by-default-v8.cpu_profiler', 'blink', 'cc', 'blink.user_timing'] } } as any);
await g.grid.map(range(300), f, { quorum: 1, args: { loops }, name: 'n' });
const done = new Promise<any>((r) => c.on('Tracing.tracingComplete', r));
await c.send('Tracing.end'); const { stream } = await done; let out = '';
for (;;) { const r = await c.send('IO.read', { handle: stream, size: 1 << 22 }); out += r.base64Encoded ? Buffer.from(r.data, 'base64').toString() : r.data; if (r.eof) break; }
writeFileSync('/tmp/sp/trace.json', out);
await g.close(); await browser.close(); process.exit(0);
