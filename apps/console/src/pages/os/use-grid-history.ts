import { useEffect } from 'react';
import type { Session } from '../../app/session.ts';
import { useSession } from '../../app/session-context.ts';
import { GridHistory } from '../../live/grid-history.ts';
import { useKnown } from '../../live/use-known.ts';

// A panel that is opened at its own address goes on with what was gathered.
const histories = new WeakMap<Session, GridHistory>();

/** The grid over time, kept up to date while a panel is on the page. */
export function useGridHistory(): GridHistory {
  const session = useSession();
  const history = histories.get(session) ?? new GridHistory();
  histories.set(session, history);
  const status = useKnown(session.status);
  const nodes = useKnown(session.nodes);
  useEffect(() => {
    if (status.value && status.at !== undefined) history.noteStatus(status.value, status.at);
  }, [history, status]);
  useEffect(() => {
    if (nodes.value && nodes.at !== undefined) history.noteNodes(nodes.value, nodes.at);
  }, [history, nodes]);
  return history;
}
