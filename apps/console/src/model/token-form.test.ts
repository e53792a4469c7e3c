import { expect, test } from 'vitest';
import { EMPTY_TOKEN, tokenOptionsOf } from './token-form.ts';

test('[UI223] the form of a token says scope, name, end, sites and bounds', () => {
  const draft = { ...EMPTY_TOKEN, name: ' ci ', days: '2', jobs: '1_000', bytes: '' };
  expect(tokenOptionsOf(draft, 0)).toEqual({
    scope: 'submit',
    name: 'ci',
    origins: [],
    expires: new Date(172_800_000),
    trusted: true,
    quota: { jobs: 1_000, tasks: undefined, bytes: undefined },
  });
  expect(tokenOptionsOf({ ...EMPTY_TOKEN, days: '' }, 0).expires).toBeUndefined();
});

test.each([
  [{ scope: 'embed' }, 'names at least one site'],
  [{ days: '0' }, 'Days: from 1'],
  [{ days: '1e9' }, 'Days: a whole number'],
  [{ tasks: '-1' }, 'Tasks of a job: a whole number'],
  [{ bytes: '99999999999999999999' }, 'Bytes a day: a whole number'],
] as const)('[UI223] a token of %j is refused at its field', (part, why) => {
  expect(() => tokenOptionsOf({ ...EMPTY_TOKEN, ...part }, 0)).toThrow(why);
});
