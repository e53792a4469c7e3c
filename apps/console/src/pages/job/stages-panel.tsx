import type { JobView } from '@manytabs/protocol';
import {
  edgeLine,
  edgeText,
  graphSize,
  STAGE_HEIGHT,
  STAGE_WIDTH,
  type Stage,
  type StageGraph,
  stageGraph,
  stageSpot,
} from 'manytabs/report';
import { type ReactNode, useMemo } from 'react';
import { routeHref } from '../../app/route.ts';
import { useSession } from '../../app/session-context.ts';
import { useKnown } from '../../live/use-known.ts';
import { countText } from '../../model/duration.ts';
import { fractionDecided, percentText } from '../../model/segments.ts';
import { visible } from '../../model/value-text.ts';
import './stages-panel.css';

/** The jobs that feed this one and those it feeds, where there are any. */
export function StagesPanel({ view }: { readonly view: JobView }): ReactNode {
  const { jobs } = useSession();
  const all = useKnown(jobs).value;
  const graph = useMemo(() => stageGraph(all ?? [], view.jobId), [all, view.jobId]);
  if (graph.stages.length < 2) return null;
  return (
    <section className="panel" aria-labelledby="stages-title">
      <h2 id="stages-title">
        Stages <span className="quiet">{graph.stages.length} jobs</span>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className="stages-scroll" aria-label="Graph of the stages" tabIndex={0}>
        <Graph graph={graph} current={view} />
      </section>
      {graph.hidden > 0 ? (
        <p className="quiet">{countText(graph.hidden)} further jobs are not drawn.</p>
      ) : null}
    </section>
  );
}

function Graph({ graph, current }: { readonly graph: StageGraph; readonly current: JobView }) {
  const { width, height } = graphSize(graph);
  return (
    <svg
      className="stages"
      width={width + 4}
      height={height + 4}
      viewBox={`-2 -2 ${width + 4} ${height + 4}`}
    >
      <title>Jobs and what flows between them</title>
      <defs>
        <marker
          id="stage-arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          orient="auto"
        >
          <path d="M0 0L8 4L0 8z" className="stage-head" />
        </marker>
      </defs>
      {graph.edges.map((edge) => {
        const line = edgeLine(edge, graph);
        return line ? (
          <g key={`${edge.from} ${edge.to}`}>
            <path className="stage-edge" d={line.path} markerEnd="url(#stage-arrow)" />
            <text className="stage-note" x={line.x} y={line.y} textAnchor="middle">
              {edgeText(edge, graph)}
            </text>
          </g>
        ) : null;
      })}
      {graph.stages.map((stage) => (
        <StageBox
          key={stage.view.jobId}
          stage={stage}
          isCurrent={stage.view.jobId === current.jobId}
        />
      ))}
    </svg>
  );
}

const NAME_CHARS = 24;

function StageBox({ stage, isCurrent }: { readonly stage: Stage; readonly isCurrent: boolean }) {
  const { x, y } = stageSpot(stage);
  const { name, jobId, tasks, state } = stage.view;
  const shown = visible(name);
  const share = fractionDecided(tasks);
  return (
    <a
      href={routeHref({ page: 'job', jobId })}
      aria-current={isCurrent ? 'page' : undefined}
      aria-label={`${shown}, ${state}, ${percentText(share)} of ${countText(tasks.total)} tasks`}
      className={isCurrent ? 'stage stage-current' : 'stage'}
    >
      <rect x={x} y={y} width={STAGE_WIDTH} height={STAGE_HEIGHT} rx="6" />
      <text x={x + 10} y={y + 20} className="stage-name">
        {shown.length > NAME_CHARS ? `${shown.slice(0, NAME_CHARS - 1)}…` : shown}
      </text>
      <text x={x + 10} y={y + 37} className="stage-facts">
        {state} · {percentText(share)} of {countText(tasks.total)}
      </text>
      <rect
        className="stage-track"
        x={x + 10}
        y={y + 44}
        width={STAGE_WIDTH - 20}
        height="4"
        rx="2"
      />
      <rect
        className={`stage-share stage-${state}`}
        x={x + 10}
        y={y + 44}
        width={(STAGE_WIDTH - 20) * share}
        height="4"
        rx="2"
      />
    </a>
  );
}
