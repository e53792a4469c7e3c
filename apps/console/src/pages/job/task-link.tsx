import type { ReactNode } from 'react';
import { countText } from '../../model/duration.ts';

interface TaskLinkProps {
  readonly index: number;
  readonly onTask: (index: number) => void;
  /** The number of the task, unless said. */
  readonly children?: ReactNode;
}

/** Opens the story of a task. */
export function TaskLink({ index, onTask, children }: TaskLinkProps): ReactNode {
  return (
    <button
      type="button"
      className="task-link"
      aria-label={`Story of task ${index}`}
      onClick={() => onTask(index)}
    >
      {children ?? countText(index)}
    </button>
  );
}
