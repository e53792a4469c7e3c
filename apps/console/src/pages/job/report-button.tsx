import { type GridError, type JobView, toGridError } from '@manytabs/protocol';
import { type ReactNode, useState } from 'react';
import { useSession } from '../../app/session-context.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { Sheet } from '../../components/sheet.tsx';
import type { Mosaic } from '../../live/mosaic.ts';

interface ReportButtonProps {
  readonly view: JobView;
  readonly mosaic: Mosaic | undefined;
}

/** All about the job as one HTML file. */
export function ReportButton({ view, mosaic }: ReportButtonProps): ReactNode {
  const { grid } = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<GridError>();
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const { saveReport } = await import('./save-report.ts');
      await saveReport(grid, view, mosaic);
    } catch (thrown) {
      setError(toGridError(thrown, 'connection-lost'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button
        type="button"
        aria-label="Download a report"
        disabled={busy}
        onClick={() => void save() /* failures are shown */}
      >
        ↓ Report
      </button>
      {error ? (
        <Sheet title="The report was not written" onClose={() => setError(undefined)}>
          <ErrorNotice error={error} />
        </Sheet>
      ) : null}
    </>
  );
}
