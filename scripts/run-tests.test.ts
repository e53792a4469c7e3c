import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { counted, countPlaywright, countVitest } from './run-tests.ts';

function reportFile(report: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'manytabs-reports-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report));
  return join(folder, 'report.json');
}

const suite = (status: string, tests: number) => ({ status, assertionResults: Array(tests) });

test('[UI90] a suite that cannot be loaded is a failure', () => {
  const testResults = [suite('passed', 3), suite('failed', 0), suite('failed', 2)];
  const report = { numPassedTests: 4, numFailedTests: 1, testResults };
  expect(countVitest(report)).toEqual({ passed: 4, failed: 2 });
});

test('[UI90] a test passes if it passes when repeated: what runs in real browsers is repeated at most twice', () => {
  const stats = { expected: 5, unexpected: 1, flaky: 1, skipped: 2 };
  expect(countPlaywright({ stats })).toEqual({ passed: 6, failed: 1 });
});

test('[UI90] a run that fails without a failed test, or without a report, is a failure', () => {
  const stats = { expected: 5, unexpected: 0, flaky: 0 };
  const report = reportFile({ stats });
  expect(counted(0, report, countPlaywright)).toEqual({ passed: 5, failed: 0 });
  expect(counted(1, report, countPlaywright)).toEqual({ passed: 5, failed: 1 });
  expect(counted(1, `${report}.gone`, countPlaywright)).toEqual({ passed: 0, failed: 1 });
});
