import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import type { Row } from '../row.ts';

interface Peer {
  readonly name: string;
  readonly command: string;
  /** Exits 0 where the peer is installed. */
  readonly probe: readonly string[];
  /** Prints one JSON object: `{perSecond, efficiency: {"1","10","100"}, oneTaskMs}`. */
  readonly run: ((root: string) => readonly string[]) | undefined;
}

interface PeerFigures {
  readonly perSecond: number;
  readonly efficiency: Readonly<Record<string, number>>;
  readonly oneTaskMs: number;
}

const PEERS: readonly Peer[] = [
  {
    name: 'Dask distributed',
    command: 'python3',
    probe: ['-c', 'import distributed'],
    run: (root) => [join(root, 'bench/peers/dask_bench.py')],
  },
  { name: 'Pando', command: 'pando', probe: ['--version'], run: undefined },
];

/** The same figures on the systems people would otherwise use, where they are on this machine. */
export async function peers(bench: Bench): Promise<readonly Row[]> {
  return PEERS.flatMap((peer) => rowsOf(peer, bench.root));
}

function rowsOf(peer: Peer, root: string): Row[] {
  const figure = `${peer.name}: no-op tasks per second`;
  const absent = (note: string): Row[] => [{ figure, value: undefined, unit: 'tasks/s', note }];
  if (spawnSync(peer.command, peer.probe, { stdio: 'ignore' }).status !== 0) {
    return absent(`${peer.name} is not installed.`);
  }
  if (peer.run === undefined)
    return absent(`${peer.name} is installed; its run by hand is described in its manual.`);
  const { status, stdout } = spawnSync(peer.command, peer.run(root), { encoding: 'utf8' });
  if (status !== 0)
    return absent(`${peer.name} is installed, and its program ended with ${status}.`);
  return measuredRows(peer.name, JSON.parse(stdout) as PeerFigures);
}

function measuredRows(name: string, figures: PeerFigures): Row[] {
  const efficiencies = Object.entries(figures.efficiency).map(([ms, value]) => ({
    figure: `${name}: efficiency of two workers, ${ms} ms tasks`,
    value,
    unit: '',
  }));
  return [
    { figure: `${name}: no-op tasks per second`, value: figures.perSecond, unit: 'tasks/s' },
    ...efficiencies,
    { figure: `${name}: one task, p50`, value: figures.oneTaskMs, unit: 'ms' },
  ];
}
