import type { JobId, JobView, Source } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { edgeLine, edgeText, graphSize, stageGraph, treeLevels } from './stage-graph.ts';

function job(name: string, sources: readonly string[] = [], shape: Source['shape'] = 'each') {
  const source = { jobs: sources as JobId[], shape, fanIn: 16 };
  const tasks = { total: 1_000, waiting: 0, running: 0, provisional: 0, final: 1_000, failed: 0 };
  return {
    jobId: name as JobId,
    name,
    tasks,
    ...(sources.length > 0 ? { source } : {}),
  } as JobView;
}

const JOBS = [
  job('split'),
  job('align', ['split']),
  job('merge', ['align'], 'tree'),
  job('check', ['split', 'merge'], 'all'),
  job('stranger'),
];

describe('[UI231] the graph of a job', () => {
  test('has every job it depends on or that depends on it, in layers, and nothing else', () => {
    for (const start of ['split', 'merge', 'check']) {
      const { stages, edges, hidden } = stageGraph(JOBS, start as JobId);
      expect(stages.map(({ view, layer }) => [view.name, layer])).toEqual([
        ['split', 0],
        ['align', 1],
        ['merge', 2],
        ['check', 3],
      ]);
      expect(edges).toHaveLength(4);
      expect(hidden).toBe(0);
    }
    expect(stageGraph(JOBS, 'stranger' as JobId).stages).toHaveLength(1);
    expect(stageGraph(JOBS, 'unknown' as JobId).stages).toEqual([]);
  });

  test('tells what each edge does, a tree with its levels', () => {
    const graph = stageGraph(JOBS, 'split' as JobId);
    expect(graph.edges.map((edge) => edgeText(edge, graph))).toEqual([
      'each result',
      'tree of 16: 63 → 4 → 1',
      'all results',
      'all results',
    ]);
    expect(treeLevels(1, 2)).toEqual([1]);
    expect(treeLevels(0, 2)).toEqual([]);
    expect(treeLevels(1e12, 2)).toHaveLength(40);
  });

  test('keeps the nearest of very many, and is drawn inside its size', () => {
    const many = [job('a'), ...Array.from({ length: 100 }, (_, n) => job(`b${n}`, ['a']))];
    const graph = stageGraph(many, 'a' as JobId);
    expect(graph.stages).toHaveLength(48);
    expect(graph.hidden).toBe(53);
    const { width, height } = graphSize(graph);
    for (const edge of graph.edges) {
      const line = edgeLine(edge, graph);
      expect(line?.x).toBeLessThan(width);
      expect(line?.y).toBeLessThan(height);
    }
  });

  test('ends where jobs claim a circle, or a job names one twice', () => {
    const circle = [job('a', ['b']), job('b', ['a', 'a'])];
    expect(stageGraph(circle, 'a' as JobId).stages).toHaveLength(2);
    expect(stageGraph(circle, 'a' as JobId).edges).toHaveLength(2);
  });
});
