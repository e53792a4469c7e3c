import { ERROR_CODES } from '@manytabs/protocol';
import type { DonationState } from 'manytabs/volunteer';
import { describe, expect, test } from 'vitest';
import { CONTROLS_OF } from './controls.ts';
import { BUSY_VIEW, EMPTY_VIEW } from './fixture/fake-donation.ts';
import { titleOf, wordingOf } from './wording.ts';

const STATES = Object.keys(CONTROLS_OF) as DonationState[];

describe('wordingOf', () => {
  test('[UI43] each state has its own title, and sentences that say more', () => {
    const wordings = STATES.map((state) => wordingOf({ ...BUSY_VIEW, state }));
    expect(new Set(wordings.map(({ title }) => title)).size).toBe(STATES.length);
    for (const { detail } of wordings) expect(detail).toMatch(/^\S.{30,}[.)]$/);
  });

  test('[UI43] waiting names the reason and what happens next', () => {
    expect(wordingOf({ ...EMPTY_VIEW, state: 'waiting' }).detail).toMatch(
      /nothing to do right now.*starts by itself/,
    );
  });

  test('[UI43] connecting tells of a call that failed, and that it goes on', () => {
    const problem = { code: 'unreachable', message: 'no' } as const;
    const { detail } = wordingOf({ ...EMPTY_VIEW, state: 'connecting', problem });
    expect(detail).toMatch(/does not answer.*by itself.*unreachable/);
  });

  test.each(ERROR_CODES)('[UI43] failed with %s tells the code and a next step', (code) => {
    const problem = { code, message: 'It broke at 10:04.' };
    const { title, detail } = wordingOf({ ...EMPTY_VIEW, state: 'failed', problem });
    expect(title).not.toBe('');
    expect(detail).toMatch(new RegExp(`\\(${code}(\\)|: )`));
    expect(detail).toMatch(/Try again|reload|Reload|Open|Ask|Use a/);
  });

  test('a failure without a known text says its own message', () => {
    const problem = { code: 'usage', message: 'It broke at 10:04.' } as const;
    expect(wordingOf({ ...EMPTY_VIEW, state: 'failed', problem }).detail).toContain('10:04');
  });

  test('idle after work says that it stopped', () => {
    expect(wordingOf(EMPTY_VIEW).title).toBe('Nothing runs yet');
    expect(wordingOf({ ...BUSY_VIEW, state: 'idle' }).title).toBe('Stopped');
  });

  test.each([
    [0, 'The last results wait'],
    [1, 'One task is left'],
    [4, '4 tasks are left'],
  ])('finishing with %d tasks at work', (running, text) => {
    expect(wordingOf({ ...BUSY_VIEW, state: 'finishing', running }).detail).toContain(text);
  });
});

describe('titleOf', () => {
  test('[UI46] shows the state and the tasks done', () => {
    expect(titleOf(BUSY_VIEW)).toBe('▶ 1,203 tasks · Manytabs');
    expect(titleOf({ ...BUSY_VIEW, state: 'paused', tasksDone: 1 })).toBe('⏸ 1 task · Manytabs');
    expect(titleOf({ ...EMPTY_VIEW, state: 'failed' })).toBe('⚠ Manytabs');
    expect(titleOf(EMPTY_VIEW)).toBe('Manytabs – lend this tab');
  });
});
