import { type GridError, type JobView, toGridError } from '@manytabs/protocol';
import { type ReactNode, useRef, useState } from 'react';
import { ErrorNotice } from '../../components/notice.tsx';
import { Sheet } from '../../components/sheet.tsx';
import type { JobMonitor } from '../../live/job-monitor.ts';
import type { Mosaic } from '../../live/mosaic.ts';
import { countText } from '../../model/duration.ts';
import type { ExportFormat } from '../../model/export.ts';
import { saveBlob } from '../../model/save-blob.ts';
import { fileNameOf, resultsBlob } from './download.ts';

interface DownloadButtonsProps {
  readonly monitor: JobMonitor;
  readonly view: JobView;
  readonly mosaic: Mosaic | undefined;
}

/** What is decided so far, as NDJSON, CSV or, for a picture, PNG. */
export function DownloadButtons({ monitor, view, mosaic }: DownloadButtonsProps): ReactNode {
  const { rows, error, download, cancel, clearError } = useDownload(monitor, view);
  const count = view.tasks.final + view.tasks.failed;
  if (rows !== undefined) {
    return (
      <>
        <span className="quiet" role="status">
          {countText(rows)} of {countText(count)} rows…
        </span>
        <button type="button" onClick={cancel}>
          Stop the download
        </button>
      </>
    );
  }
  return (
    <>
      {mosaic ? (
        <button
          type="button"
          aria-label="Download as PNG"
          disabled={mosaic.drawn === 0}
          onClick={() => void savePicture(mosaic, view.name)}
        >
          ↓ PNG
        </button>
      ) : null}
      {(['ndjson', 'csv'] as const).map((format) => (
        <button
          key={format}
          type="button"
          aria-label={`Download as ${format.toUpperCase()}`}
          disabled={count === 0}
          onClick={() => download(format, count)}
        >
          ↓ {format.toUpperCase()}
        </button>
      ))}
      {error ? (
        <Sheet title="The download failed" onClose={clearError}>
          <ErrorNotice error={error} />
        </Sheet>
      ) : null}
    </>
  );
}

async function savePicture(mosaic: Mosaic, name: string): Promise<void> {
  const blob = await mosaic.toPng();
  if (blob) saveBlob(blob, fileNameOf(name, 'png'));
}

function useDownload(monitor: JobMonitor, view: JobView) {
  const [rows, setRows] = useState<number>();
  const [error, setError] = useState<GridError>();
  const abort = useRef<AbortController>(undefined);
  const run = async (format: ExportFormat, count: number): Promise<void> => {
    const controller = new AbortController();
    abort.current = controller;
    setRows(0);
    try {
      const { signal } = controller;
      const blob = await resultsBlob(monitor.job, { format, count, signal, onRow: setRows });
      if (!signal.aborted) saveBlob(blob, fileNameOf(view.name, format));
    } catch (thrown) {
      if (!controller.signal.aborted) setError(toGridError(thrown, 'connection-lost'));
    } finally {
      setRows(undefined);
    }
  };
  return {
    rows,
    error,
    download: (format: ExportFormat, count: number) => void run(format, count), // failures are shown
    cancel: () => abort.current?.abort(),
    clearError: () => setError(undefined),
  };
}
