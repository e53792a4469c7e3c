import { expect, test } from 'vitest';
import { costText } from './trial-panel.tsx';

const trial = { tasks: 1_000, coreSeconds: 20 };

test('[UI32] the cost is told alone until it is known who is here, and nobody is said to be only when nobody is', () => {
  expect(costText(trial, undefined)).toBe('All 1,000, with their votes: about 20 s of computing.');
  expect(costText(trial, 0)).toContain('nobody is here to do it now');
  expect(costText(trial, 4)).toContain('5 s on the 4 workers here now');
  expect(costText({ tasks: undefined, coreSeconds: undefined }, 4)).toContain('not known yet');
});
