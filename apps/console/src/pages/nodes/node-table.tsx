import type { NodeView } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import { Cell } from '../../components/cell.tsx';
import { StatePill } from '../../components/state-pill.tsx';
import { VirtualRows } from '../../components/virtual-rows.tsx';
import { VolunteerName } from '../../components/volunteer-name.tsx';
import { useMedia } from '../../live/use-media.ts';
import { useNow } from '../../live/use-now.ts';
import { agoText, bytesText, countText, durationText } from '../../model/duration.ts';
import { visible } from '../../model/value-text.ts';
import './node-table.css';

const COLUMNS = [
  { key: 'volunteer', title: 'Volunteer' },
  { key: 'state', title: 'State' },
  { key: 'workers', title: 'Workers' },
  { key: 'tasks', title: 'Tasks' },
  { key: 'votes', title: 'Valid / invalid' },
  { key: 'errors', title: 'Errors' },
  { key: 'busy', title: 'Computed' },
  { key: 'shards', title: 'Shards' },
  { key: 'road', title: 'Road' },
  { key: 'heard', title: 'Heard' },
  { key: 'agent', title: 'Browser' },
];

/** One row a volunteer's tab; only the rows in sight are drawn. */
export function NodeTable({ nodes }: { readonly nodes: readonly NodeView[] }): ReactNode {
  const narrow = useMedia('(max-width: 900px)');
  return (
    <VirtualRows
      label="Nodes"
      className="nodes"
      columns={COLUMNS}
      count={nodes.length}
      rowPx={narrow ? 104 : 36}
      tall
      rowKey={(n) => nodes[n]?.volunteer ?? n}
      row={(n) => <NodeRow node={nodes[n]} />}
    />
  );
}

function NodeRow({ node }: { readonly node: NodeView | undefined }): ReactNode {
  const now = useNow();
  if (!node) return null;
  return (
    <>
      <Cell column="volunteer">
        <VolunteerName volunteer={node.volunteer} />
      </Cell>
      <Cell column="state">
        <StatePill state={node.state} />
      </Cell>
      <Cell column="workers">
        {node.running} / {node.workers}
      </Cell>
      <Cell column="tasks">{countText(node.tasks)}</Cell>
      <Cell column="votes">
        {countText(node.valid)} /{' '}
        <span className={node.invalid > 0 ? 'bad' : ''}>{countText(node.invalid)}</span>
      </Cell>
      <Cell column="errors">{countText(node.errors)}</Cell>
      <Cell column="busy">{durationText(node.busyMs)}</Cell>
      <Cell column="shards">
        {node.shards === 0 ? '–' : `${countText(node.shards)}, ${bytesText(node.shardBytes)}`}
      </Cell>
      <Cell column="road">{visible(node.road)}</Cell>
      <Cell column="heard">{agoText(node.heardAt, now)}</Cell>
      <Cell column="agent">
        <span title={visible(node.agent)}>{visible(node.agent)}</span>
      </Cell>
    </>
  );
}
