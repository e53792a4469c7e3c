import { ERRORS, type ErrorExample, isErrorCode, type JobView } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import { Empty } from '../../components/empty.tsx';
import { VolunteerName } from '../../components/volunteer-name.tsx';
import { countText } from '../../model/duration.ts';
import { visible } from '../../model/value-text.ts';
import { TaskLink } from './task-link.tsx';

interface ErrorGroupsProps {
  readonly view: JobView;
  readonly onTask: (index: number) => void;
}

/** Errors of the tasks, equal ones together, most frequent first. */
export function ErrorGroups({ view, onTask }: ErrorGroupsProps): ReactNode {
  if (view.errors.length === 0) return <Empty title="No task has failed." />;
  const sorted = [...view.errors].sort((a, b) => b.count - a.count);
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <th scope="col">Times</th>
          <th scope="col">Message</th>
          <th scope="col">For example</th>
          <th scope="col">What to do</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((group) => (
          <tr key={`${group.code} ${group.message}`}>
            <td>{countText(group.count)}</td>
            <td>
              <span className="mono">{visible(group.message)}</span>
              <br />
              <code className="quiet">{group.code}</code>
            </td>
            <td>{group.example ? <Example example={group.example} onTask={onTask} /> : null}</td>
            <td>{isErrorCode(group.code) ? ERRORS[group.code] : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ExampleProps {
  readonly example: ErrorExample;
  readonly onTask: (index: number) => void;
}

function Example({ example: { index, volunteer }, onTask }: ExampleProps): ReactNode {
  return (
    <>
      <TaskLink index={index} onTask={onTask}>
        task {countText(index)}
      </TaskLink>
      {volunteer ? <VolunteerName volunteer={volunteer} /> : null}
    </>
  );
}
