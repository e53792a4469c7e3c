import type { FileStat } from '@manytabs/protocol';
import { type ReactNode, useState } from 'react';
import { useSession } from '../../app/session-context.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { Sheet } from '../../components/sheet.tsx';
import { VolunteerName } from '../../components/volunteer-name.tsx';
import { bytesText, countText } from '../../model/duration.ts';
import { nameOf } from '../../model/file-path.ts';
import { saveBlob } from '../../model/save-blob.ts';
import { visible } from '../../model/value-text.ts';
import { FilePreviewView } from './file-preview-view.tsx';
import { useFileCall } from './use-file-call.ts';

interface FileSheetProps {
  readonly stat: FileStat;
  readonly onClose: () => void;
}

/** One file: what is in it, and how safe it is. */
export function FileSheet({ stat, onClose }: FileSheetProps): ReactNode {
  return (
    <Sheet title={visible(nameOf(stat.path))} onClose={onClose}>
      <FilePreviewView stat={stat} />
      <Facts stat={stat} />
      <Download stat={stat} />
    </Sheet>
  );
}

function Download({ stat }: { readonly stat: FileStat }): ReactNode {
  const { files } = useSession().grid;
  const [share, setShare] = useState('');
  const call = useFileCall();
  const start = () =>
    call.run(async (signal) => {
      const bytes = await files.get(stat.path, {
        signal,
        onProgress: (p) => setShare(` ${Math.floor((100 * p.bytes) / Math.max(1, stat.bytes))} %`),
      });
      saveBlob(new Blob([bytes.slice()]), nameOf(stat.path));
    });
  return (
    <>
      <div className="row">
        <button type="button" className="primary" disabled={call.busy} onClick={start}>
          Download{call.busy ? share : ''}
        </button>
        {call.busy ? (
          <button type="button" onClick={call.cancel}>
            Cancel
          </button>
        ) : null}
      </div>
      {call.error ? <ErrorNotice error={call.error} /> : null}
    </>
  );
}

const HEALTH: Record<FileStat['health'], string> = {
  full: '● all copies are there',
  degraded: '◐ whole, with fewer copies than it should have',
  lost: '✕ not to be read until a holder returns',
};

function Facts({ stat }: { readonly stat: FileStat }): ReactNode {
  const { replicas, code, holders } = stat;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Health', HEALTH[stat.health]],
    [
      'Copies',
      code
        ? `any ${code.data} of ${code.data + code.parity} pieces`
        : `${replicas.least} of ${replicas.target} on volunteers${stat.origin ? ', one at the coordinator' : ''}`,
    ],
    ['Churn', `${replicas.advised} copies are advised, by how long volunteers stay here`],
    ['Kept', stat.durability],
    ['Size', `${bytesText(stat.bytes)} in ${countText(stat.shards)} pieces`],
    ['Type', visible(stat.contentType)],
    ['Owner', visible(stat.owner)],
    ['Path', <code key="path">{visible(stat.path)}</code>],
    [
      'Holders',
      holders.length === 0
        ? 'no volunteer'
        : holders
            .slice(0, 12)
            .map((volunteer) => <VolunteerName key={volunteer} volunteer={volunteer} />),
    ],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
