import type { AuditEntry } from 'manytabs';
import { type ReactNode, useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { useAddressQuery } from '../../app/use-address-query.ts';
import { Cell } from '../../components/cell.tsx';
import { Empty, Loading } from '../../components/empty.tsx';
import { Notice } from '../../components/notice.tsx';
import { VirtualRows } from '../../components/virtual-rows.tsx';
import { type AuditSnapshot, findEntries, readAudit } from '../../live/audit-reader.ts';
import { useMedia } from '../../live/use-media.ts';
import { countText } from '../../model/duration.ts';
import { saveBlob } from '../../model/save-blob.ts';
import { visible } from '../../model/value-text.ts';
import { NoOwner, Refusal, useOwner } from './owner-only.tsx';
import './owner.css';

const COLUMNS = [
  { key: 'at', title: 'When' },
  { key: 'actor', title: 'Who' },
  { key: 'action', title: 'Did' },
  { key: 'subject', title: 'To' },
  { key: 'note', title: 'Note' },
];

interface AuditPageProps {
  readonly query?: string | undefined;
}

/** What was done to the grid, newest first, and whether its chain of hashes is whole. */
export default function AuditPage({ query }: AuditPageProps): ReactNode {
  const owner = useOwner();
  return owner ? <Audit owner={owner} query={query} /> : <NoOwner title="No audit log here" />;
}

function Audit({ owner, query = '' }: AuditPageProps & { readonly owner: OwnerApi }): ReactNode {
  const { log, again } = useAudit(owner);
  const [text, setText] = useAddressQuery('audit', query);
  const wanted = useDeferredValue(text);
  const shown = useMemo(() => findEntries(log?.entries ?? [], wanted), [log, wanted]);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Audit log</h1>
        {log ? <span className="quiet">{countText(log.count)} entries</span> : null}
        <div className="row job-filters">
          <input
            type="search"
            data-filter
            placeholder="token-created, an id, a name"
            aria-label="Find entries by any words"
            maxLength={500}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <button type="button" onClick={again}>
            Read again
          </button>
          <button type="button" disabled={shown.length === 0} onClick={() => exportEntries(shown)}>
            Export as NDJSON
          </button>
        </div>
      </div>
      {log?.error ? <Refusal error={log.error} /> : null}
      {log?.done ? <Chain log={log} /> : null}
      {log ? null : <Loading what="the audit log" />}
      {log && !log.error ? <Entries entries={shown} /> : null}
    </div>
  );
}

function useAudit(owner: OwnerApi) {
  const [log, setLog] = useState<AuditSnapshot>();
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round reads it again.
  useEffect(() => {
    const stop = new AbortController();
    void readAudit(() => owner.audit(), setLog, stop.signal); // failures are part of the snapshot
    return () => stop.abort();
  }, [owner, round]);
  return { log, again: () => setRound((now) => now + 1) };
}

function Chain({ log }: { readonly log: AuditSnapshot }): ReactNode {
  if (log.wrong.length > 0) {
    return (
      <Notice tone="bad">
        <p>The log is not whole: something was changed, dropped or put in between.</p>
        {log.wrong.map((wrong) => (
          <p key={wrong}>{wrong}</p>
        ))}
      </Notice>
    );
  }
  return (
    <Notice tone="info">
      The chain of hashes is whole: this tab checked all {countText(log.count)} entries. Keep the
      newest hash elsewhere, to show later that nothing before it was changed:{' '}
      <code>{log.head}</code>
    </Notice>
  );
}

function Entries({ entries }: { readonly entries: readonly AuditEntry[] }): ReactNode {
  const narrow = useMedia('(max-width: 820px)');
  if (entries.length === 0) return <Empty title="No entry matches." />;
  return (
    <VirtualRows
      label="Audit log"
      className="audit"
      columns={COLUMNS}
      count={entries.length}
      rowPx={narrow ? 76 : 34}
      tall
      rowKey={(n) => entries[n]?.number ?? n}
      row={(n) => <Entry entry={entries[n]} />}
    />
  );
}

function Entry({ entry }: { readonly entry: AuditEntry | undefined }): ReactNode {
  if (!entry) return null;
  return (
    <>
      <Cell column="at" className="quiet" title={entry.hash}>
        {new Date(entry.at).toISOString().slice(0, 19).replace('T', ' ')}
      </Cell>
      <Cell column="actor" className="mono" title={visible(entry.actor)}>
        {visible(entry.actor)}
      </Cell>
      <Cell column="action">{visible(entry.action)}</Cell>
      <Cell column="subject" className="mono" title={visible(entry.subject)}>
        {visible(entry.subject)}
      </Cell>
      <Cell column="note" className="quiet" title={visible(entry.note)}>
        {visible(entry.note)}
      </Cell>
    </>
  );
}

function exportEntries(entries: readonly AuditEntry[]): void {
  const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`);
  saveBlob(new Blob(lines, { type: 'application/x-ndjson' }), 'audit.ndjson');
}
