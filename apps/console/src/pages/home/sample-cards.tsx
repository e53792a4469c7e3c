import { type GridError, toGridError } from '@manytabs/protocol';
import { type ReactNode, useContext, useEffect, useState } from 'react';
import { routeHref } from '../../app/route.ts';
import type { ConsoleSample } from '../../app/samples.ts';
import { SamplesContext } from '../../app/samples-context.ts';
import { useSession } from '../../app/session-context.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { PhotosCard } from './photos-card.tsx';
import './sample-cards.css';

/** Jobs one click away, each with a picture of what comes out; the last card is a job of one's own. */
export function SampleCards({ compact }: { readonly compact?: boolean | undefined }): ReactNode {
  const { samples, error } = useSamples();
  return (
    <>
      {error ? <ErrorNotice error={error} /> : null}
      <ul className={compact ? 'samples samples-compact' : 'samples'}>
        {samples.map((sample) => (
          <SampleCard key={sample.id} sample={sample} heading={compact ? 'h3' : 'h2'} />
        ))}
        <PhotosCard heading={compact ? 'h3' : 'h2'} />
        {compact ? null : <OwnCard />}
      </ul>
    </>
  );
}

interface SampleCardProps {
  readonly sample: ConsoleSample;
  readonly heading: 'h2' | 'h3';
}

function SampleCard({ sample, heading: Heading }: SampleCardProps): ReactNode {
  const { grid, jobs } = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<GridError>();
  const start = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const job = await startSample(sample, grid);
      jobs.refresh();
      location.hash = routeHref({ page: 'job', jobId: job });
    } catch (thrown) {
      setError(toGridError(thrown, 'spec-invalid'));
      setBusy(false);
    }
  };
  return (
    <li className="card sample">
      <img src={sample.picture} alt="" className="sample-picture" loading="lazy" />
      <div className="sample-text">
        <Heading>{sample.title}</Heading>
        <p className="quiet">{sample.description}</p>
        {error ? <ErrorNotice error={error} /> : null}
        <button
          type="button"
          className="primary"
          disabled={busy}
          aria-label={`Run ${sample.title}`}
          onClick={() => void start()} // failures are shown in the card
        >
          {busy ? 'Submitting…' : 'Run'}
        </button>
      </div>
    </li>
  );
}

async function startSample(
  sample: ConsoleSample,
  grid: Parameters<ConsoleSample['start']>[0],
): Promise<string> {
  // A Job is a promise of its values: awaiting it here would wait for the whole job, so only its parts are touched.
  const { job } = await sample.start(grid);
  await job.submitted;
  return job.id;
}

function OwnCard(): ReactNode {
  return (
    <li className="card sample">
      <div className="sample-picture sample-code" aria-hidden="true">
        <pre>{`export default (n) => {
  // your code,
  // a thousand tabs
  return n * n
}`}</pre>
      </div>
      <div className="sample-text">
        <h2>Your own function</h2>
        <p className="quiet">
          JavaScript or WASM, over a range, a list or a file of inputs. Edit it here, run it there.
        </p>
        <a href="#/new" className="button">
          Write a job
        </a>
      </div>
    </li>
  );
}

function useSamples(): {
  samples: readonly ConsoleSample[];
  error: GridError | undefined;
} {
  const load = useContext(SamplesContext);
  const [samples, setSamples] = useState<readonly ConsoleSample[]>([]);
  const [error, setError] = useState<GridError>();
  useEffect(() => {
    load().then(setSamples, (thrown) => setError(toGridError(thrown, 'unreachable')));
  }, [load]);
  return { samples, error };
}
