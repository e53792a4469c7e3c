import type { JobView } from '@manytabs/protocol';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { type JobTab, routeHref } from '../../app/route.ts';
import { Loading } from '../../components/empty.tsx';
import { Sheet } from '../../components/sheet.tsx';
import { Tabs } from '../../components/tabs.tsx';
import type { JobMonitor } from '../../live/job-monitor.ts';
import { countText } from '../../model/duration.ts';
import { BeliefPanel } from './belief-panel.tsx';
import { DisagreementsTable } from './disagreements-table.tsx';
import { ErrorGroups } from './error-groups.tsx';
import { LogLines } from './log-lines.tsx';
import { ResultsPanel } from './results-panel.tsx';
import { TaskStory } from './task-story.tsx';
import './job-details.css';

const TimelinePanel = lazy(() => import('./timeline-panel.tsx'));

interface JobDetailsProps {
  readonly monitor: JobMonitor;
  readonly view: JobView;
  /** Results that arrived here. */
  readonly results: number;
  /** What the address asks for. */
  readonly tab?: JobTab | undefined;
}

/** Results, disagreements, errors and logs, with the story of any task on a click. */
export function JobDetails({ monitor, view, results, tab }: JobDetailsProps): ReactNode {
  const [task, setTask] = useState<number>();
  const tabs = [
    {
      id: 'results',
      title: 'Results',
      count: results,
      content: () => <ResultsPanel monitor={monitor} view={view} onTask={setTask} />,
    },
    {
      id: 'timeline',
      title: 'Timeline',
      content: () => (
        <Suspense fallback={<Loading what="the timeline" />}>
          <TimelinePanel job={monitor.job} view={view} onTask={setTask} />
        </Suspense>
      ),
    },
    {
      id: 'disagreements',
      title: 'Disagreements',
      count: view.disagreements,
      content: () => <DisagreementsTable job={monitor.job} view={view} onTask={setTask} />,
    },
    {
      id: 'errors',
      title: 'Errors',
      count: view.errors.reduce((sum, group) => sum + group.count, 0),
      content: () => <ErrorGroups view={view} onTask={setTask} />,
    },
    {
      id: 'logs',
      title: 'Logs',
      content: () => <LogLines job={monitor.job} onTask={setTask} />,
    },
  ];
  return (
    <>
      <Tabs
        label="Details of the job"
        tabs={tabs}
        initial={tab ?? (view.state === 'failed' ? 'errors' : 'results')}
        onChoose={(id) => {
          const href = routeHref({ page: 'job', jobId: view.jobId, tab: id as JobTab });
          history.replaceState(history.state, '', href);
        }}
      />
      {task === undefined ? null : (
        <Sheet title={`Task ${countText(task)}`} onClose={() => setTask(undefined)}>
          <BeliefPanel job={monitor.job} index={task} />
          <TaskStory job={monitor.job} index={task} />
        </Sheet>
      )}
    </>
  );
}
