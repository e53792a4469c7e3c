import type { Belief, JobView, QuarantineView, VolunteerId } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { beliefLines, quarantineTable } from './belief-text.ts';
import { newEvents } from './commands/events.ts';

const ANN = 'vaaaaaaaaaaaaaaaaaaaaaaaaaa' as VolunteerId;
const BOB = 'vbbbbbbbbbbbbbbbbbbbbbbbbbb' as VolunteerId;

const BELIEF: Belief = {
  index: 7,
  tier: 'standard',
  state: 'provisional',
  confidence: undefined,
  voters: [],
  groups: [
    {
      voters: [{ volunteer: ANN, trusted: false, checked: 12.7, errorChance: 0.00394 }],
      confidence: 0.99,
    },
    {
      voters: [{ volunteer: BOB, trusted: true, checked: 0, errorChance: 0.05 }],
      confidence: undefined,
    },
  ],
  isAudited: true,
  disagreements: [{ at: 0, index: 7, winners: [ANN], losers: [BOB] }],
  story: [{ at: 0, cause: 'results', text: 'final: 2 results agree' }],
  waitsFor: 'one more volunteer',
};

const QUARANTINE = { volunteer: BOB, at: 5, until: 86_400_005, valid: 1, invalid: 3 };

test('[UI162] a task is explained: who said what, what it is worth, what it waits for', () => {
  expect(beliefLines(BELIEF)).toEqual([
    'Task 7 is provisional (trust standard).',
    '1 result, credibility 0.990000:',
    `  ${ANN}: 12 checked results, wrong with a chance of 0.0039`,
    '1 result:',
    `  ${BOB}: trusted, wrong with a chance of 0.050`,
    'It was chosen for an audit: somebody else computes it too.',
    'It waits for one more volunteer.',
    `Wrong was ${BOB}; right ${ANN}.`,
    '1970-01-01T00:00:00.000Z final: 2 results agree',
  ]);
});

test('[UI162] who is shut out is a row, and an event when it happens', () => {
  const row = { ...QUARANTINE, isHere: true, seen: [] } as QuarantineView;
  expect(quarantineTable([row])[1]).toContain(BOB);
  const look = { at: 0, jobs: [], nodes: [], quarantined: [] };
  const events = newEvents(look, { ...look, quarantined: [row] });
  expect(events).toMatchObject([{ event: 'volunteer-quarantined', id: BOB }]);
  expect(newEvents({ ...look, quarantined: [row] }, { ...look, quarantined: [row] })).toEqual([]);
});

test('[UI162] votes that were lost and results taken back are events', () => {
  const job = { jobId: 'j1', state: 'running', disagreements: 0 } as unknown as JobView;
  const later = { ...job, disagreements: 2, checks: { audits: 1, auditedTasks: 1, retracted: 5 } };
  const look = { at: 0, nodes: [], quarantined: [] };
  const events = newEvents({ ...look, jobs: [job] }, { ...look, at: 9, jobs: [later] });
  expect(events.map(({ event, text }) => [event, text])).toEqual([
    ['results-outvoted', '2 tasks'],
    ['results-retracted', '5 tasks'],
  ]);
});
