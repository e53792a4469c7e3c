import { type FileStat, type GridError, toGridError } from '@manytabs/protocol';
import type { GridFiles } from 'manytabs';
import { type ReactNode, useEffect, useState } from 'react';
import { useSession } from '../../app/session-context.ts';
import { Loading } from '../../components/empty.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { bytesText } from '../../model/duration.ts';
import {
  type FilePreview,
  IMAGE_BYTES_MAX,
  imageType,
  PREVIEW_BYTES_MAX,
  previewOf,
} from '../../model/file-preview.ts';
import { visible } from '../../model/value-text.ts';

/** The beginning of a file, as what it is; never as markup. */
export function FilePreviewView({ stat }: { readonly stat: FileStat }): ReactNode {
  const { files } = useSession().grid;
  const [preview, setPreview] = useState<FilePreview>();
  const [error, setError] = useState<GridError>();
  useEffect(() => {
    const abort = new AbortController();
    read(files, stat, abort.signal).then(setPreview, (thrown) => {
      if (!abort.signal.aborted) setError(toGridError(thrown, 'connection-lost'));
    });
    return () => abort.abort();
  }, [files, stat]);
  if (error) return <ErrorNotice error={error} />;
  if (!preview) return <Loading what="the preview" />;
  const isCut = preview.kind !== 'image' && stat.bytes > PREVIEW_BYTES_MAX;
  return (
    <figure className="preview">
      <Shown preview={preview} />
      {isCut ? (
        <figcaption className="quiet">The first {bytesText(PREVIEW_BYTES_MAX)}.</figcaption>
      ) : null}
    </figure>
  );
}

async function read(files: GridFiles, stat: FileStat, signal: AbortSignal): Promise<FilePreview> {
  const most = imageType(stat.path) ? IMAGE_BYTES_MAX : PREVIEW_BYTES_MAX;
  const file = await files.open(stat.path, { signal });
  const isWhole = file.bytes <= most;
  const bytes = await file.read(0, isWhole ? file.bytes : PREVIEW_BYTES_MAX, { signal });
  return previewOf(stat.path, bytes, isWhole);
}

function Shown({ preview }: { readonly preview: FilePreview }): ReactNode {
  switch (preview.kind) {
    case 'image':
      return <Picture type={preview.type} bytes={preview.bytes} />;
    case 'table':
      return <Table columns={preview.columns} rows={preview.rows} />;
    default:
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <pre className="preview-text" tabIndex={0}>
          {preview.text === '' ? 'The file is empty.' : linesVisible(preview.text)}
        </pre>
      );
  }
}

function linesVisible(text: string): string {
  return text
    .split('\n')
    .map((line) => visible(line.replace(/\r$/, '').replaceAll('\t', '    ')))
    .join('\n');
}

function Picture({ type, bytes }: { readonly type: string; readonly bytes: Uint8Array }) {
  const [url, setUrl] = useState<string>();
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes.slice()], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  if (broken) return <p className="quiet">This is no picture that the browser can draw.</p>;
  return url ? <img src={url} alt="Content of the file" onError={() => setBroken(true)} /> : null;
}

interface TableProps {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

function Table({ columns, rows }: TableProps): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="preview-table" tabIndex={0} aria-label="First rows">
      <table className="plain-table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {visible(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the rows never move.
            <tr key={n}>
              {columns.map((column) => (
                <td key={column}>{visible(row[column] ?? '').slice(0, 200)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
