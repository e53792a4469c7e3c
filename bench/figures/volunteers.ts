import { readFile } from 'node:fs/promises';
import { Coordinator } from '@manytabs/kernel';
import { jobId, type PeerId, sessionId, volunteerId } from '@manytabs/protocol';
import { SignallingClient } from '@manytabs/transport/node';
import { NodeWebRtcTransport } from '@manytabs/transport/node-webrtc';
import type { Bench } from '../bench.ts';
import { BenchGrid } from '../bench-grid.ts';
import { DrivenVolunteer } from '../driven-volunteer.ts';
import { specOf } from '../kernel-run.ts';
import type { Row } from '../row.ts';
import { collector, used } from './memory.ts';

const CONNECTED = 300;
const CONNECTED_TARGET = 2_000;
const AT_ONCE = 10;
const SIMULATED = 10_000;
const TASK_MS = 1_000;

/** What a volunteer that is here costs the coordinator's memory: over real data channels, and in the kernel alone. */
export async function volunteers(bench: Bench): Promise<readonly Row[]> {
  return [simulated(), await connected(bench, CONNECTED)];
}

/** As many as the target names, or as this machine bears: minutes, and gigabytes for their other ends. */
export async function crowd(bench: Bench): Promise<readonly Row[]> {
  return [await connected(bench, CONNECTED_TARGET)];
}

function simulated(): Row {
  const collect = collector();
  const machine = new Coordinator({ seed: 1, epoch: 1 });
  const job = jobId(new Uint8Array(13).fill(5));
  machine.step({
    type: 'job-submitted',
    at: 1,
    jobId: job,
    owner: 'bench',
    spec: specOf(100_000_000, 1),
  });
  const before = used(collect);
  for (let i = 1; i <= SIMULATED; i++) join(machine, i);
  const grown = used(collect) - before;
  return {
    figure: `kernel state per simulated volunteer, of ${SIMULATED.toLocaleString('en')}`,
    value: machine.nodes().length === SIMULATED ? grown / SIMULATED / 1024 : undefined,
    unit: 'KB',
    target: { atMost: 20 },
    note: 'Each with its leases of a running job; heap and array buffers after a full collection.',
  };
}

function join(machine: Coordinator, number: number): void {
  const digest = new Uint8Array(32);
  new DataView(digest.buffer).setUint32(0, number);
  machine.step({
    type: 'volunteer-joined',
    at: 2,
    session: sessionId(number),
    volunteer: volunteerId(digest),
    peer: `bench-${number}` as PeerId,
    workers: 4,
    agent: 'bench',
    road: 'memory',
    trusted: false,
  });
}

async function connected(bench: Bench, wanted: number): Promise<Row> {
  const grid = await BenchGrid.start(bench.root);
  const transports: NodeWebRtcTransport[] = [];
  try {
    await joinMany(grid, transports, AT_ONCE);
    const before = await residentMiB(grid.ready.pid);
    const problem = await joinMany(grid, transports, wanted);
    const after = await residentMiB(grid.ready.pid);
    const joined = (await grid.grid.status()).volunteers - AT_ONCE;
    bench.say(`  ${joined} volunteers: ${before?.toFixed(0)} MiB, then ${after?.toFixed(0)} MiB`);
    return rowOf(joined, before, after, problem);
  } finally {
    for (const transport of transports) await transport.close();
    await grid.close();
  }
}

function rowOf(
  joined: number,
  before: number | undefined,
  after: number | undefined,
  problem: unknown,
): Row {
  const isMeasured = before !== undefined && after !== undefined;
  const each = isMeasured ? (after - before) / joined : undefined;
  const all =
    each === undefined
      ? ''
      : ` ${CONNECTED_TARGET} take ${Math.round(each * CONNECTED_TARGET)} MB more.`;
  const end = problem === undefined ? '' : ` No more could join: ${problem}`;
  return {
    figure: `resident memory per volunteer over WebRTC, of ${joined}`,
    value: each,
    unit: 'MB',
    target: { atMost: 0.5 },
    note: `Data channels from a Node driver on this machine.${all}${end}`,
  };
}

/** Why it came to an end before so many had joined, if it did. */
async function joinMany(
  grid: BenchGrid,
  transports: NodeWebRtcTransport[],
  count: number,
): Promise<unknown> {
  try {
    for (let i = 0; i < count; i += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => joinOne(grid, transports)));
    }
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

async function joinOne(grid: BenchGrid, transports: NodeWebRtcTransport[]): Promise<void> {
  const self = `bench-${transports.length}-${Math.random().toString(36).slice(2)}` as PeerId;
  const url = new URL('peerjs', grid.ready.url.replace(/\/?$/, '/'));
  url.protocol = 'ws:';
  const signalling = new SignallingClient({ self, url: url.href });
  const transport = await NodeWebRtcTransport.open({ signalling });
  transports.push(transport);
  await DrivenVolunteer.join(transport, { taskMs: TASK_MS });
}

async function residentMiB(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = /VmRSS:\s+(\d+) kB/.exec(status)?.[1];
  return kib === undefined ? undefined : Number(kib) / 1024;
}
