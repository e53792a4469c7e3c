import { type FileEntry, type FileStat, type GridError, toGridError } from '@manytabs/protocol';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { routeHref } from '../../app/route.ts';
import { useSession } from '../../app/session-context.ts';
import { Loading } from '../../components/empty.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { FolderTree } from '../../live/folder-tree.ts';
import { useMedia } from '../../live/use-media.ts';
import { folderOf } from '../../model/file-path.ts';
import { FileSheet } from './file-sheet.tsx';
import { FolderTreeView } from './folder-tree-view.tsx';
import { FolderView } from './folder-view.tsx';
import './files-page.css';

/** The grid's files: a folder, or the folder of a file with that file open. */
export default function FilesPage({ path }: { readonly path: string }): ReactNode {
  const { files } = useSession().grid;
  const tree = useMemo(() => new FolderTree(files), [files]);
  const isWide = useMedia('(min-width: 1100px)');
  const { entry, error } = useEntry(path);
  if (error) return <Missing error={error} path={path} />;
  if (!entry) return <Loading what="the files" />;
  const folder = entry.kind === 'folder' ? path : folderOf(path);
  return (
    <div className={isWide ? 'files-wide' : undefined}>
      {isWide ? <FolderTreeView tree={tree} path={folder} /> : null}
      <FolderView path={folder} />
      {entry.kind === 'file' ? <OpenFile stat={entry as FileStat} folder={folder} /> : null}
    </div>
  );
}

function OpenFile({ stat, folder }: { readonly stat: FileStat; readonly folder: string }) {
  const close = () => {
    location.hash = routeHref({ page: 'files', path: folder });
  };
  return <FileSheet stat={stat} onClose={close} />;
}

function useEntry(path: string) {
  const { files } = useSession().grid;
  const [entry, setEntry] = useState<FileEntry | FileStat>();
  const [error, setError] = useState<GridError>();
  useEffect(() => {
    const abort = new AbortController();
    files.stat(path, { signal: abort.signal }).then(setEntry, (thrown) => {
      if (!abort.signal.aborted) setError(toGridError(thrown, 'connection-lost'));
    });
    return () => abort.abort();
  }, [files, path]);
  return { entry, error };
}

function Missing({ error, path }: { readonly error: GridError; readonly path: string }): ReactNode {
  return (
    <div className="page">
      <h1>This path cannot be shown</h1>
      <ErrorNotice error={error} />
      <div className="row">
        <a href={routeHref({ page: 'files', path: folderOf(path) })}>The folder above</a>
        <a href={routeHref({ page: 'files', path: '/' })}>All files</a>
      </div>
    </div>
  );
}
