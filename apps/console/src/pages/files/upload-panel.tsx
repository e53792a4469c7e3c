import type { Durability } from '@manytabs/protocol';
import {
  type DragEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useSession } from '../../app/session-context.ts';
import { type Upload, type UploadOptions, uploadsOf } from '../../live/uploads.ts';
import { chosenFiles, type DroppedFile, droppedFiles } from '../../model/dropped-files.ts';
import { bytesText, countText } from '../../model/duration.ts';
import { joinPath } from '../../model/file-path.ts';
import { visible } from '../../model/value-text.ts';

const FAILED_SHOWN = 5;
const DURABILITIES: readonly (readonly [Durability, string])[] = [
  ['durable', 'durable: the coordinator keeps a copy'],
  ['grid', 'grid: volunteers only'],
  ['cache', 'cache: may be lost'],
];

interface UploadPanelProps {
  readonly folder: string;
  readonly onDone: () => void;
}

/** A place to drop files and folders, and how far those are that are on their way. */
export function UploadPanel({ folder, onDone }: UploadPanelProps): ReactNode {
  const uploads = uploadsOf(useSession().grid.files);
  const list = useSyncExternalStore(uploads.subscribe, uploads.get);
  const [options, setOptions] = useState<UploadOptions>({
    durability: 'durable',
    replicas: undefined,
  });
  const [over, setOver] = useState(false);
  const put = (files: readonly DroppedFile[]) =>
    uploads.add(
      files.map(({ name, file }) => ({ path: joinPath(folder, name.normalize('NFC')), file })),
      options,
    );
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    droppedFiles(event.dataTransfer).then(put, () => put(chosenFiles(event.dataTransfer.files)));
  };
  useRefreshAtEnd(list, onDone);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the choosers inside do the same by keyboard.
    <div
      className={over ? 'card upload upload-over' : 'card upload'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="row">
        <Chooser title="Upload files" onFiles={put} />
        <Chooser title="Upload a folder" folder onFiles={put} />
        <span className="quiet upload-hint">or drop them here</span>
        <KeptAs options={options} onChange={setOptions} />
      </div>
      {list.length > 0 ? (
        <Progress
          list={list}
          onCancel={() => uploads.cancelAll()}
          onForget={() => uploads.forgetEnded()}
        />
      ) : null}
    </div>
  );
}

function useRefreshAtEnd(list: readonly Upload[], onDone: () => void): void {
  const open = list.filter(isOpen).length;
  const before = useRef(open);
  const ended = useRef(onDone);
  ended.current = onDone;
  useEffect(() => {
    if (open === 0 && before.current > 0) ended.current();
    before.current = open;
  }, [open]);
}

interface ChooserProps {
  readonly title: string;
  readonly folder?: boolean | undefined;
  readonly onFiles: (files: readonly DroppedFile[]) => void;
}

function Chooser({ title, folder, onFiles }: ChooserProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.webkitdirectory = folder === true;
  }, [folder]);
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        {title}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={title}
        onChange={({ currentTarget }) => {
          onFiles(chosenFiles(currentTarget.files ?? []));
          currentTarget.value = '';
        }}
      />
    </>
  );
}

interface KeptAsProps {
  readonly options: UploadOptions;
  readonly onChange: (options: UploadOptions) => void;
}

function KeptAs({ options, onChange }: KeptAsProps): ReactNode {
  return (
    <span className="row kept-as">
      <select
        aria-label="How files are kept"
        value={options.durability}
        onChange={({ currentTarget }) =>
          onChange({ ...options, durability: currentTarget.value as Durability })
        }
      >
        {DURABILITIES.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
      <select
        aria-label="Copies on volunteers"
        value={options.replicas ?? ''}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...options, replicas: value === '' ? undefined : Number(value) })
        }
      >
        <option value="">usual copies</option>
        {[1, 2, 3, 4, 5].map((count) => (
          <option key={count} value={count}>
            {count === 1 ? '1 copy' : `${count} copies`}
          </option>
        ))}
      </select>
    </span>
  );
}

interface ProgressProps {
  readonly list: readonly Upload[];
  readonly onCancel: () => void;
  readonly onForget: () => void;
}

function Progress({ list, onCancel, onForget }: ProgressProps): ReactNode {
  const total = list.reduce((sum, upload) => sum + upload.total, 0);
  const bytes = list.reduce((sum, upload) => sum + Math.min(upload.bytes, upload.total), 0);
  const done = list.filter(({ state }) => state === 'done').length;
  const failed = list.filter(({ state }) => state === 'failed');
  const open = list.filter(isOpen).length;
  return (
    <div className="stack">
      <div className="row">
        <progress aria-label="Upload" max={Math.max(1, total)} value={bytes} />
        <span role="status">
          {countText(done)} of {countText(list.length)} files, {bytesText(bytes)} of{' '}
          {bytesText(total)}
        </span>
        <button type="button" className="small" onClick={open > 0 ? onCancel : onForget}>
          {open > 0 ? 'Cancel' : 'Close'}
        </button>
      </div>
      {failed.length > 0 ? (
        <ul className="bad">
          {failed.slice(0, FAILED_SHOWN).map(({ id, path, error }) => (
            <li key={id}>
              ✕ {visible(path)}: {visible(error?.message ?? '')} {error?.hint}
            </li>
          ))}
          {failed.length > FAILED_SHOWN ? (
            <li>and {countText(failed.length - FAILED_SHOWN)} more</li>
          ) : null}
        </ul>
      ) : null}
    </div>
  );
}

function isOpen({ state }: Upload): boolean {
  return state === 'waiting' || state === 'running';
}
