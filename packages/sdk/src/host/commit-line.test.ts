import type { CoordinatorEffect } from '@manytabs/kernel';
import { type Appended, GridError, type JobId, type SessionId } from '@manytabs/protocol';
import { MemoryJournal } from '@manytabs/storage';
import { describe, expect, test } from 'vitest';
import { CommitLine } from './commit-line.ts';

const jobId = 'jaaaaaaaaaaaaaaaaaaaa' as JobId;

const append = (reason: string): CoordinatorEffect => ({
  type: 'append',
  record: { type: 'job-state', at: 0, jobId, state: 'paused', reason },
});
const send = (session: number): CoordinatorEffect => ({
  type: 'send',
  to: session as SessionId,
  message: { type: 'job-closed', jobId },
});
const nameOf = (effect: CoordinatorEffect) =>
  effect.type === 'append' ? 'append' : `send ${'to' in effect ? effect.to : ''}`;

/** A journal whose commits wait to be let through, or refused. */
class HeldJournal extends MemoryJournal {
  readonly commits: { records: number; settle(failure?: GridError): void }[] = [];

  override append(epoch: number, appended: readonly Appended[]): Promise<void> {
    const records = appended.reduce((sum, part) => sum + part.records.length, 0);
    return new Promise((resolve, reject) => {
      const settle = (failure?: GridError) => {
        if (failure) reject(failure);
        else resolve(super.append(epoch, appended));
      };
      this.commits.push({ records, settle });
    });
  }
}

function setup() {
  const journal = new HeldJournal();
  const done: string[] = [];
  const line = new CommitLine({
    journal,
    epoch: 1,
    perform: (effect) => void done.push(nameOf(effect)),
    onStalled: (reason) => void done.push(reason ? `stalled ${reason.code}` : 'goes on'),
    onFenced: (reason) => void done.push(`fenced ${reason.code}`),
    pause: turnOver,
  });
  return { journal, done, line };
}

async function commitOf(journal: HeldJournal, number: number) {
  for (let turn = 0; turn < 10_000 && !journal.commits[number]; turn++) await turnOver();
  const commit = journal.commits[number];
  if (!commit) throw new Error(`no commit ${number}`);
  return commit;
}

function turnOver(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('effects', () => {
  test('[CO71] without a record are done at once', () => {
    const { line, done } = setup();
    line.push([send(1), send(2)]);
    expect(done).toEqual(['send 1', 'send 2']);
  });

  test('[CO71] wait for the records before them, and keep their order', async () => {
    const { line, journal, done } = setup();
    line.push([send(1), append('a'), send(2)]);
    line.push([send(3)]);
    const commit = await commitOf(journal, 0);
    expect(done).toEqual([]);
    commit.settle();
    await line.settled();
    expect(done).toEqual(['send 1', 'append', 'send 2', 'send 3']);
    expect(await journal.count(`jobs/${jobId}/events`)).toBe(1);
  });

  test('[CO72] that come during a commit are committed together after it', async () => {
    const { line, journal, done } = setup();
    line.push([append('a')]);
    const first = await commitOf(journal, 0);
    for (let i = 0; i < 5; i++) line.push([append('b'), send(i)]);
    first.settle();
    const second = await commitOf(journal, 1);
    expect(second.records).toBe(5);
    expect(done).toEqual(['append']);
    second.settle();
    await line.settled();
    expect(done).toHaveLength(11);
  });
});

describe('a store', () => {
  test('[CO73] that refuses for a while stalls the line and loses nothing', async () => {
    const { line, journal, done } = setup();
    line.push([append('a'), send(1)]);
    (await commitOf(journal, 0)).settle(new GridError('storage-full', 'no room'));
    (await commitOf(journal, 1)).settle(new GridError('storage-full', 'no room'));
    expect(line.stalled?.code).toBe('storage-full');
    (await commitOf(journal, 2)).settle();
    await line.settled();
    expect(line.stalled).toBeUndefined();
    expect(done).toEqual(['stalled storage-full', 'goes on', 'append', 'send 1']);
  });

  test('[CO74] that another coordinator has taken over silences this one for good', async () => {
    const { line, journal, done } = setup();
    line.push([append('a'), send(1)]);
    (await commitOf(journal, 0)).settle(new GridError('epoch-stale', 'epoch 2 reigns'));
    for (let turn = 0; turn < 10 && done.length === 0; turn++) await turnOver();
    line.push([send(2)]);
    line.push([append('b'), send(3)]);
    await turnOver();
    expect(done).toEqual(['fenced epoch-stale']);
  });
});
