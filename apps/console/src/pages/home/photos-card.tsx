import { type GridError, toGridError } from '@manytabs/protocol';
import type { FilterName } from '@manytabs/samples';
import { type ReactNode, useId, useState } from 'react';
import { routeHref } from '../../app/route.ts';
import { useSession } from '../../app/session-context.ts';
import { FileDrop } from '../../components/file-drop.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import './photos-card.css';

const FILTERS: readonly (readonly [FilterName, string])[] = [
  ['sketch', 'Pencil sketch'],
  ['dots', 'Halftone dots'],
  ['warm', 'Warm'],
  ['grey', 'Grey'],
];

/** Photos of one's own, filtered by the grid: a task each. */
export function PhotosCard({ heading: Heading }: { readonly heading: 'h2' | 'h3' }): ReactNode {
  const { grid, jobs } = useSession();
  const [filter, setFilter] = useState<FilterName>('sketch');
  const [busy, setBusy] = useState(0);
  const [error, setError] = useState<GridError>();
  const [chooser, select] = [useId(), useId()];
  const start = async (files: readonly File[]): Promise<void> => {
    setBusy(files.length);
    setError(undefined);
    try {
      const { startPhotoJob } = await import('../../app/start-photos.ts');
      const jobId = await startPhotoJob(grid, files, filter);
      jobs.refresh();
      location.hash = routeHref({ page: 'job', jobId });
    } catch (thrown) {
      setError(toGridError(thrown, 'input-invalid'));
      setBusy(0);
    }
  };
  return (
    <li className="card sample">
      <div className="sample-picture photos-picture" aria-hidden="true">
        {FILTERS.map(([name]) => (
          <span key={name} className={`photos-${name}`} />
        ))}
      </div>
      <div className="sample-text">
        <Heading>Your own photos</Heading>
        <p className="quiet">
          Up to 64 pictures, a task for each. The volunteers that compute them see them.
        </p>
        {error ? <ErrorNotice error={error} /> : null}
        <label htmlFor={select} className="photos-filter">
          Filter{' '}
          <select
            id={select}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value as FilterName)}
          >
            {FILTERS.map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label htmlFor={chooser} className="visually-hidden">
          Photos
        </label>
        {busy > 0 ? (
          <p role="status">Submitting {busy === 1 ? 'one photo' : `${busy} photos`}…</p>
        ) : (
          <FileDrop
            id={chooser}
            accept="image/*"
            onFiles={(files) => void start(files)} // failures are shown in the card
          />
        )}
      </div>
    </li>
  );
}
