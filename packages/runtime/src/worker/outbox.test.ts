import { expect, test } from 'vitest';
import { BOUNDS } from '../shared/bounds.ts';
import type { Batch, FromWorker, Talk } from '../shared/wire.ts';
import { Outbox } from './outbox.ts';

function setupOutbox(outputBytesMax = 1000) {
  const posted: FromWorker[] = [];
  const clock = { now: 0 };
  const ports = { post: (message: FromWorker) => void posted.push(message), now: () => clock.now };
  const outbox = new Outbox(ports, outputBytesMax);
  outbox.begin(10);
  const batches = () =>
    posted.flatMap((message): Batch[] => (message.type === 'batch' ? [message.batch] : []));
  const talks = () =>
    posted.flatMap((message): Talk[] => (message.type === 'talk' ? [message.talk] : []));
  return { outbox, posted, clock, batches, talks };
}

test('[RU13] results wait for each other, and leave with the time they took', () => {
  const { outbox, batches, clock } = setupOutbox();
  outbox.succeed(1);
  clock.now = 15;
  outbox.succeed(true);
  expect(batches()).toEqual([]);
  expect(outbox.isDue).toBe(false);
  outbox.flush();
  outbox.flush();
  expect(batches()).toEqual([
    {
      from: 10,
      to: 12,
      values: Uint8Array.of(1, 0xc3),
      failures: [],
      busyMs: 15,
      talk: { logs: [] },
    },
  ]);
});

test('[RU13] the first results of a run leave soon, and what follows in fewer and fewer batches', () => {
  const { outbox, clock } = setupOutbox();
  const left: number[] = [];
  for (; clock.now < 500; clock.now += 5) {
    outbox.succeed(1);
    if (!outbox.isDue) continue;
    outbox.flush();
    left.push(clock.now);
  }
  expect(left).toEqual([20, 60, 140, 240, 340, 440]);
  outbox.begin(1000);
  clock.now += BOUNDS.FLUSH_MS;
  expect(outbox.isDue).toBe(true);
});

test('[RU13] results leave when there are enough of them, and a large one leaves alone', () => {
  const { outbox, batches } = setupOutbox(1_000_000);
  const half = new Uint8Array(BOUNDS.FLUSH_BYTES / 2);
  outbox.succeed(half);
  outbox.succeed(half);
  expect(batches().map(({ from, to }) => [from, to])).toEqual([[10, 12]]);
  outbox.succeed(1);
  outbox.succeed(new Uint8Array(BOUNDS.FLUSH_BYTES * 2));
  expect(batches().map(({ from, to }) => [from, to])).toEqual([
    [10, 12],
    [12, 13],
    [13, 14],
  ]);
});

test('[RU6] failures keep their place among the results', () => {
  const { outbox, batches } = setupOutbox();
  outbox.succeed(1);
  outbox.fail(new RangeError('odd'));
  outbox.succeed(() => 1);
  outbox.succeed(new Uint8Array(2000));
  outbox.succeed(2);
  outbox.flush();
  expect(batches()[0]?.values).toEqual(Uint8Array.of(1, 2));
  expect(batches()[0]?.failures.map(({ index, code }) => [index, code])).toEqual([
    [11, 'task-threw'],
    [12, 'output-not-cloneable'],
    [13, 'output-too-large'],
  ]);
  expect(batches()[0]?.failures[0]?.message).toBe('RangeError: odd');
});

test('[RU12] a task says at most a hundred lines of five hundred characters', () => {
  const { outbox, talks, batches } = setupOutbox();
  for (let i = 0; i < 200; i++) outbox.log(10, 'x'.repeat(1000));
  outbox.succeed(1);
  outbox.flush();
  const said = [...talks(), ...batches().map(({ talk }) => talk)].flatMap(({ logs }) => logs);
  expect(said.length).toBe(100);
  expect(said.every(({ text }) => text.length === 500)).toBe(true);
});

test('[RU12] progress is told four times a second and previews twice', () => {
  const { outbox, talks, clock } = setupOutbox();
  const image = { width: 1, height: 1, rgba: new Uint8Array(4) };
  for (; clock.now < 2000; clock.now += 10) {
    outbox.progress(10, clock.now / 2000, 'going');
    outbox.preview(10, image);
  }
  expect(talks().filter(({ progress }) => progress).length).toBeLessThanOrEqual(9);
  expect(talks().filter(({ progress }) => progress).length).toBeGreaterThanOrEqual(7);
  expect(talks().filter(({ preview }) => preview).length).toBe(4);
});

test('[RU12] progress outside of 0 to 1 and pictures of the wrong size are put right or dropped', () => {
  const { outbox, talks, clock } = setupOutbox();
  outbox.progress(10, Number.NaN, 'n');
  clock.now += 1000;
  outbox.progress(10, 7, 'x'.repeat(1000));
  outbox.preview(10, { width: 2, height: 2, rgba: new Uint8Array(4) });
  expect(talks().map(({ progress }) => progress?.fraction)).toEqual([0, 1]);
  expect(talks()[1]?.progress?.note.length).toBe(200);
  expect(talks().every(({ preview }) => preview === undefined)).toBe(true);
});
