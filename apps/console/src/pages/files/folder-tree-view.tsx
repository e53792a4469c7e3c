import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { routeHref } from '../../app/route.ts';
import { Cell } from '../../components/cell.tsx';
import { VirtualRows } from '../../components/virtual-rows.tsx';
import type { FolderTree, TreeRow } from '../../live/folder-tree.ts';
import { nameOf } from '../../model/file-path.ts';
import { visible } from '../../model/value-text.ts';

const COLUMNS = [{ key: 'folder', title: 'Folders' }];
const INDENT_PX = 14;
const DEPTH_SHOWN = 12;

interface FolderTreeViewProps {
  readonly tree: FolderTree;
  readonly path: string;
}

/** The folders of the grid beside the one that is looked at; only the rows in sight are drawn. */
export function FolderTreeView({ tree, path }: FolderTreeViewProps): ReactNode {
  const rows = useSyncExternalStore(tree.subscribe, tree.get);
  useEffect(() => tree.reveal(path), [tree, path]);
  return (
    <nav aria-label="Folders" className="folder-tree">
      <VirtualRows
        label="Folders"
        className="folder-rows"
        columns={COLUMNS}
        count={rows.length}
        rowPx={30}
        tall
        rowKey={(n) => rows[n]?.path ?? n}
        row={(n) => <Row row={rows[n]} current={path} onToggle={(at) => tree.toggle(at)} />}
      />
    </nav>
  );
}

interface RowProps {
  readonly row: TreeRow | undefined;
  readonly current: string;
  readonly onToggle: (path: string) => void;
}

function Row({ row, current, onToggle }: RowProps): ReactNode {
  if (!row) return null;
  const { path, depth, isOpen } = row;
  const name = path === '/' ? 'Files' : visible(nameOf(path));
  return (
    <Cell column="folder">
      <span
        className="folder-row"
        style={{ paddingInlineStart: INDENT_PX * Math.min(depth, DEPTH_SHOWN) }}
      >
        <button
          type="button"
          className="folder-toggle"
          aria-expanded={isOpen}
          aria-label={`${isOpen ? 'Close' : 'Open'} ${name}`}
          onClick={() => onToggle(path)}
        >
          {isOpen ? '▾' : '▸'}
        </button>
        <a
          href={routeHref({ page: 'files', path })}
          aria-current={path === current ? 'page' : undefined}
          title={name}
        >
          {name}
        </a>
      </span>
    </Cell>
  );
}
