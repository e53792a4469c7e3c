import { hasEnded, type JobView } from '@manytabs/protocol';
import { type ReactNode, useContext, useState } from 'react';
import { AnnounceContext, useSession } from '../../app/session-context.ts';
import { Notice } from '../../components/notice.tsx';
import { Sheet } from '../../components/sheet.tsx';
import { BULK, type BulkAction, type BulkOutcome, forAll, subjectsOf } from '../../model/bulk.ts';
import { countText } from '../../model/duration.ts';

/** Pauses, resumes or cancels all jobs that the query found, after a question that says how many. */
export function BulkActions({ jobs }: { readonly jobs: readonly JobView[] }): ReactNode {
  const { asked, setAsked, busy, outcome, run } = useBulk();
  if (!jobs.some(({ state }) => !hasEnded(state)) && !outcome) return null;
  return (
    <div className="row bulk-actions">
      <span className="quiet">All that are listed:</span>
      {(['pause', 'resume', 'cancel'] as const).map((action) => {
        const count = subjectsOf(jobs, action).length;
        return count === 0 ? null : (
          <button
            key={action}
            type="button"
            className={action === 'cancel' ? 'danger small' : 'small'}
            disabled={busy}
            onClick={() => setAsked({ action, jobs: subjectsOf(jobs, action) })}
          >
            {BULK[action].verb} {countText(count)}
          </button>
        );
      })}
      {busy ? <span role="status">Working…</span> : null}
      {outcome ? <Outcome outcome={outcome} /> : null}
      {asked ? (
        <Sheet title={questionOf(asked)} onClose={() => setAsked(undefined)}>
          <p>{BULK[asked.action].meaning}</p>
          <div className="row">
            <button type="button" className="danger" onClick={() => run(asked)}>
              {BULK[asked.action].verb} {jobsText(asked.jobs.length)}
            </button>
            <button type="button" onClick={() => setAsked(undefined)}>
              Leave them
            </button>
          </div>
        </Sheet>
      ) : null}
    </div>
  );
}

interface Asked {
  readonly action: BulkAction;
  /** As they were when the question was asked: what comes meanwhile is not touched. */
  readonly jobs: readonly JobView[];
}

function useBulk() {
  const { grid, jobs } = useSession();
  const announce = useContext(AnnounceContext);
  const [asked, setAsked] = useState<Asked>();
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<BulkOutcome>();
  const act = async ({ action, jobs: subjects }: Asked): Promise<void> => {
    setAsked(undefined);
    setBusy(true);
    const done = await forAll(grid, subjects, action);
    setBusy(false);
    setOutcome(done);
    announce(`${jobsText(done.done)} ${BULK[action].past}`);
    jobs.refresh();
  };
  return { asked, setAsked, busy, outcome, run: (what: Asked) => void act(what) }; // failures are counted
}

function Outcome({
  outcome: { done, failed, action },
}: {
  readonly outcome: BulkOutcome;
}): ReactNode {
  if (failed.length === 0) {
    return (
      <span role="status">
        {jobsText(done)} {BULK[action].past}.
      </span>
    );
  }
  return (
    <Notice tone="warn">
      {jobsText(done)} {BULK[action].past}, {countText(failed.length)} not: {failed[0]}
    </Notice>
  );
}

function questionOf({ action, jobs }: Asked): string {
  return `${BULK[action].verb} ${jobsText(jobs.length)}?`;
}

function jobsText(count: number): string {
  return count === 1 ? '1 job' : `${countText(count)} jobs`;
}
