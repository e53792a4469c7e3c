import { expect, test } from 'vitest';
import { chanceText, checksText, confidenceText } from './trust-text.ts';

test.each([
  [undefined, 'not rated'],
  [0.5, '50 % sure'],
  [0.99999, '99.999 % sure'],
  [1, '99.999 % sure'],
])('[UI30] a confidence of %j is told as %j, never as certainty', (confidence, text) => {
  expect(confidenceText(confidence)).toBe(text);
});

test.each([
  [0.005, 'once in 200'],
  [0.0001, 'once in 10,000'],
  [0, 'less than once in 1,000,000'],
  [1, 'always'],
])('[UI30] a chance of %j is told as %j', (chance, text) => {
  expect(chanceText(chance)).toBe(text);
});

test.each([
  [undefined, undefined],
  [{ audits: 0, auditedTasks: 0, retracted: 0 }, undefined],
  [{ audits: 2, auditedTasks: 5, retracted: 3 }, '5 tasks audited, 3 results taken back'],
])('[UI30] audits of %j are told as %j', (checks, text) => {
  expect(checksText(checks)).toBe(text);
});
