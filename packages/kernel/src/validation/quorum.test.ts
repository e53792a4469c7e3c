import type { ErrorCode } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { coherent, errorVerdict, resultsToAsk } from './quorum.ts';
import { isUnreliable } from './reputation.ts';

const quorum = {
  minQuorum: 2,
  targetResults: 2,
  maxErrorResults: 2,
  maxTotalResults: 8,
  maxSuccessResults: 5,
};

function errors(...list: [string, ErrorCode, string][]) {
  return list.map(([by, code, message]) => ({ by, code, message }));
}

test('[VA4] what is asked for next is what the largest group lacks, up to maxSuccessResults', () => {
  expect(resultsToAsk(quorum, { count: 1, largest: 1, asked: 2 })).toBe(2);
  expect(resultsToAsk(quorum, { count: 2, largest: 1, asked: 2 })).toBe(3);
  expect(resultsToAsk({ ...quorum, minQuorum: 4 }, { count: 4, largest: 2, asked: 4 })).toBe(5);
});

test('[VA8] bounds under what they bound are raised to it', () => {
  const wild = { ...quorum, targetResults: 1, maxTotalResults: 1, maxSuccessResults: 1 };
  expect(coherent(wild)).toMatchObject({
    targetResults: 2,
    maxTotalResults: 2,
    maxSuccessResults: 2,
  });
});

describe('errors', () => {
  test('[VA5] of the task are believed when minQuorum identities, at least two, report the same', () => {
    const threw = (by: string, message = 'boom'): [string, ErrorCode, string] => [
      by,
      'task-threw',
      message,
    ];
    expect(errorVerdict(errors(threw('a')), quorum)).toBeUndefined();
    expect(errorVerdict(errors(threw('a'), threw('a')), quorum)).toBeUndefined();
    expect(errorVerdict(errors(threw('a'), threw('b', 'bang')), quorum)).toBeUndefined();
    expect(errorVerdict(errors(threw('a'), threw('b')), quorum)).toMatchObject({
      code: 'task-threw',
    });
    const one = { ...quorum, minQuorum: 1 };
    expect(errorVerdict(errors(threw('a')), one)).toBeUndefined();
    expect(errorVerdict(errors(threw('a'), threw('b')), one)).toMatchObject({ message: 'boom' });
    expect(errorVerdict(errors(threw('a')), { ...one, maxErrorResults: 0 })).toMatchObject({
      message: 'boom',
    });
  });

  test('[VA6] of a machine only count, and more than maxErrorResults fail the task', () => {
    const late = (by: string): [string, ErrorCode, string] => [by, 'task-timeout', 'too slow'];
    expect(errorVerdict(errors(late('a'), late('b')), quorum)).toBeUndefined();
    expect(errorVerdict(errors(late('a'), late('b'), late('c')), quorum)).toMatchObject({
      code: 'task-timeout',
    });
    const mixed = errors(late('a'), late('b'), ['c', 'task-crashed', 'out of memory']);
    expect(errorVerdict(mixed, quorum)).toEqual({
      code: 'too-many-errors',
      message: '3 executions failed; the last: task-crashed: out of memory',
    });
  });
});

test('[VA9] three wrong results and over five in a hundred make an identity unreliable', () => {
  expect(isUnreliable({ valid: 0, invalid: 2, faultsAt: [] })).toBe(false);
  expect(isUnreliable({ valid: 0, invalid: 3, faultsAt: [] })).toBe(true);
  expect(isUnreliable({ valid: 57, invalid: 3, faultsAt: [] })).toBe(false);
  expect(isUnreliable({ valid: 56, invalid: 3, faultsAt: [] })).toBe(true);
});
