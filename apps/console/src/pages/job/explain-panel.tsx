import { hasEnded, type JobView } from '@manytabs/protocol';
import type { Job } from 'manytabs';
import { type ReactNode, useMemo } from 'react';
import { LiveQuery } from '../../live/live-query.ts';
import { useKnown } from '../../live/use-known.ts';
import { visible } from '../../model/value-text.ts';

interface ExplainPanelProps {
  readonly job: Job<unknown>;
  readonly view: JobView;
}

/** Why a job is not faster, in the coordinator's words. */
export function ExplainPanel({ job, view }: ExplainPanelProps): ReactNode {
  const query = useMemo(() => new LiveQuery(() => job.explain(), 3_000), [job]);
  if (hasEnded(view.state)) return null;
  return (
    <section className="panel" aria-labelledby="explain-title">
      <h2 id="explain-title">
        {view.state === 'paused' ? 'Why it stands still' : 'Why it is not faster'}
      </h2>
      <Sentences query={query} />
    </section>
  );
}

function Sentences({
  query,
}: {
  readonly query: LiveQuery<{ readonly sentences: readonly string[] }>;
}): ReactNode {
  const { value, error } = useKnown(query);
  if (!value) return <p className="quiet">{error ? visible(error.message) : 'Asking…'}</p>;
  if (value.sentences.length === 0) return <p className="quiet">Nothing holds it up.</p>;
  return (
    <ul className="stack explain">
      {[...new Set(value.sentences)].map((sentence) => (
        <li key={sentence}>{visible(sentence)}</li>
      ))}
    </ul>
  );
}
