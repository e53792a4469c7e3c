import type { JobId, JobView, Source } from '@manytabs/protocol';

export interface Stage {
  readonly view: JobView;
  /** How many jobs it stands behind, at most. */
  readonly layer: number;
  /** Its place among those of its layer. */
  readonly row: number;
}

export interface StageEdge {
  readonly from: JobId;
  readonly to: JobId;
  readonly shape: Source['shape'];
}

export interface StageGraph {
  readonly stages: readonly Stage[];
  readonly edges: readonly StageEdge[];
  /** Jobs that belong to it and are left out. */
  readonly hidden: number;
}

const STAGES_MAX = 48;

/** The jobs that a job's inputs come from and those that go on with its results, however far. */
export function stageGraph(jobs: readonly JobView[], id: JobId): StageGraph {
  const known = new Map(jobs.map((view) => [view.jobId, view]));
  const edges = jobs.flatMap((view) => edgesInto(view, known));
  const found = connected(edges, known.has(id) ? id : undefined);
  const shown = new Set([...found].slice(0, STAGES_MAX));
  const inside = edges.filter(({ from, to }) => shown.has(from) && shown.has(to));
  const layers = layersOf(shown, inside);
  const rows = new Map<number, number>();
  const stages = jobs.flatMap((view): Stage[] => {
    const layer = layers.get(view.jobId);
    if (layer === undefined) return [];
    const row = rows.get(layer) ?? 0;
    rows.set(layer, row + 1);
    return [{ view, layer, row }];
  });
  return { stages, edges: inside, hidden: found.size - shown.size };
}

function edgesInto(view: JobView, known: ReadonlyMap<JobId, JobView>): StageEdge[] {
  const { source, jobId } = view;
  const from = new Set(source?.jobs ?? []);
  return [...from]
    .filter((job) => known.has(job) && job !== jobId)
    .map((job) => ({ from: job, to: jobId, shape: source?.shape ?? 'each' }));
}

/** Nearest first, so that what is left out is far away. */
function connected(edges: readonly StageEdge[], start: JobId | undefined): Set<JobId> {
  const found = new Set<JobId>(start === undefined ? [] : [start]);
  const beside = new Map<JobId, JobId[]>();
  const join = (a: JobId, b: JobId) => beside.set(a, [...(beside.get(a) ?? []), b]);
  for (const { from, to } of edges) {
    join(from, to);
    join(to, from);
  }
  // A set is gone over in the order of its growth.
  for (const id of found) for (const next of beside.get(id) ?? []) found.add(next);
  return found;
}

/** A source is submitted before what reads from it, so there is no circle; one that is claimed ends at the bound. */
function layersOf(jobs: ReadonlySet<JobId>, edges: readonly StageEdge[]): Map<JobId, number> {
  const layers = new Map([...jobs].map((id) => [id, 0]));
  for (let round = 0, moved = true; moved && round < jobs.size; round++) {
    moved = false;
    for (const { from, to } of edges) {
      const layer = (layers.get(from) ?? 0) + 1;
      if (layer <= (layers.get(to) ?? 0)) continue;
      layers.set(to, layer);
      moved = true;
    }
  }
  return layers;
}

/** Groups in each level of a reduction, from so many values on: 1,000 by 16 are 63, 4 and 1. */
export function treeLevels(values: number, fanIn: number): readonly number[] {
  const levels: number[] = [];
  if (values < 1 || fanIn < 2) return levels;
  let left = values;
  do {
    left = Math.ceil(left / fanIn);
    levels.push(left);
  } while (left > 1);
  return levels;
}

/** What an edge does, in words. */
export function edgeText(edge: StageEdge, graph: StageGraph): string {
  const viewOf = (id: JobId) => graph.stages.find(({ view }) => view.jobId === id)?.view;
  switch (edge.shape) {
    case 'each':
      return 'each result';
    case 'all':
      return 'all results';
    case 'failed':
      return 'failed tasks again';
    case 'tree': {
      const { fanIn = 2 } = viewOf(edge.to)?.source ?? {};
      const levels = treeLevels(viewOf(edge.from)?.tasks.total ?? 0, fanIn);
      return `tree of ${fanIn}: ${levels.map((count) => count.toLocaleString('en-US')).join(' → ')}`;
    }
  }
}

export const STAGE_WIDTH = 190;
export const STAGE_HEIGHT = 54;
const GAP_X = 150;
const GAP_Y = 22;

/** Where a stage is drawn: layers from left to right. */
export function stageSpot({ layer, row }: Stage): { readonly x: number; readonly y: number } {
  return { x: layer * (STAGE_WIDTH + GAP_X), y: row * (STAGE_HEIGHT + GAP_Y) };
}

export function graphSize({ stages }: StageGraph): { width: number; height: number } {
  const spots = stages.map(stageSpot);
  return {
    width: Math.max(0, ...spots.map(({ x }) => x + STAGE_WIDTH)),
    height: Math.max(0, ...spots.map(({ y }) => y + STAGE_HEIGHT)),
  };
}

export interface EdgeLine {
  readonly path: string;
  /** Of its text. */
  readonly x: number;
  readonly y: number;
}

/** From the right side of a stage to the left side of another, and where its text stands. */
export function edgeLine(edge: StageEdge, graph: StageGraph): EdgeLine | undefined {
  const from = graph.stages.find(({ view }) => view.jobId === edge.from);
  const to = graph.stages.find(({ view }) => view.jobId === edge.to);
  if (!from || !to) return undefined;
  const [a, b] = [stageSpot(from), stageSpot(to)];
  const [x1, y1] = [a.x + STAGE_WIDTH, a.y + STAGE_HEIGHT / 2];
  const [x2, y2] = [b.x - 4, b.y + STAGE_HEIGHT / 2];
  const half = (x2 - x1) / 2;
  const path = `M${x1} ${y1}C${x1 + half} ${y1} ${x2 - half} ${y2} ${x2} ${y2}`;
  return { path, x: b.x - GAP_X / 2, y: y2 - 8 };
}
