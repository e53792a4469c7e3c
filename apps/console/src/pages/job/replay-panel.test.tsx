import { GridError } from '@manytabs/protocol';
import type { Job, TaskBytes, TaskResult } from 'manytabs';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { ReplayTask } from '../../app/replay-context.ts';
import { compareHere, Found } from './replay-panel.tsx';

const trust = { votes: 2 };
const rows: TaskResult<unknown>[] = [
  { index: 1, status: 'fulfilled', state: 'final', confidence: 1, value: 41, trust },
  { index: 0, status: 'fulfilled', state: 'final', confidence: 1, value: 40, trust },
  {
    index: 2,
    status: 'rejected',
    state: 'failed',
    attempts: 1,
    error: new GridError('task-threw', 'boom') as never,
  },
];

function jobWith(state: string, task: object | undefined = {}): Job<unknown> {
  return {
    belief: async () => ({ state }),
    taskBytes: async () => task as TaskBytes | undefined,
    results: async function* () {
      yield* rows;
    },
  } as unknown as Job<unknown>;
}

const gives =
  (value: unknown): ReplayTask =>
  async (_task, _index, recorded) => ({ value, isSame: value === recorded });
const fails: ReplayTask = async () => ({ error: 'task-threw: boom', isSame: false });

test('[UI291] a task that is replayed in the page is compared with the result that the grid has', async () => {
  const job = jobWith('final');
  expect(await compareHere(job, 0, gives(40))).toMatchObject({ isSame: true, here: '40' });
  expect(await compareHere(job, 0, gives(7))).toEqual({
    isSame: false,
    text: 'This tab gives something else.',
    here: '7',
    recorded: '40',
  });
  expect(await compareHere(job, 2, fails)).toMatchObject({ isSame: true });
  expect(await compareHere(job, 2, gives(1))).toMatchObject({ isSame: false });
});

test('[UI291] where there is nothing to compare with, or to run, it says so', async () => {
  const open = await compareHere(jobWith('provisional'), 0, gives(40));
  expect(open).toMatchObject({ isSame: undefined, here: '40' });
  const gone = await compareHere(
    { ...jobWith('final'), taskBytes: async () => undefined },
    0,
    fails,
  );
  expect(gone.text).toContain('not kept any more');
});

test('[UI291] what a task gives here is text and nothing else', () => {
  const html = renderToStaticMarkup(
    <Found found={{ isSame: false, text: 'x', here: '<b>1</b>', recorded: '<i>2</i>' }} />,
  );
  expect(html).not.toMatch(/<[bi]>/);
  expect(html).toContain('recorded: &lt;i&gt;2&lt;/i&gt;');
});
