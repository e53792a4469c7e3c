import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runProgram } from './run-program.ts';

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

const PASSED: Count = { passed: 1, failed: 0 };
const FAILED: Count = { passed: 0, failed: 1 };

/** Runs every check of the repository; the last line of stdout is `N passed, N failed`. Resolves with the exit code. */
export async function runTests(root: string): Promise<number> {
  const reports = join(root, 'node_modules', '.cache', 'manytabs', `reports-${process.pid}`);
  mkdirSync(reports, { recursive: true });
  const counts = [
    await step('build', () => checkBuild(root)),
    await step('lint', () => checkProgram(root, 'biome', ['check', '.'])),
    await step('types', () => checkProgram(root, 'tsc', ['--noEmit'])),
    await step('unit tests', () => unitTests(root, join(reports, 'vitest.json'))),
    await step('end-to-end tests', () => endToEndTests(root, join(reports, 'playwright.json'))),
  ];
  rmSync(reports, { recursive: true, force: true });
  const { passed, failed } = sum(counts);
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

async function step(name: string, check: () => Promise<Count>): Promise<Count> {
  process.stdout.write(`\n── ${name}\n`);
  const startedAt = performance.now();
  const count = await check();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(
    `── ${name}: ${count.passed} passed, ${count.failed} failed in ${seconds} s\n`,
  );
  return count;
}

async function checkBuild(root: string): Promise<Count> {
  const { ensureBuilt } = await import(pathToFileURL(join(root, 'scripts', 'run.mjs')).href);
  try {
    await ensureBuilt();
    return PASSED;
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return FAILED;
  }
}

async function checkProgram(root: string, name: string, args: readonly string[]): Promise<Count> {
  return (await tool(root, name, args)) === 0 ? PASSED : FAILED;
}

async function unitTests(root: string, report: string): Promise<Count> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const status = await tool(root, 'vitest', ['run', ...reporters]);
  return counted(status, report, countVitest);
}

async function endToEndTests(root: string, report: string): Promise<Count> {
  const retries = process.env.CI ? 2 : 0;
  const args = ['test', '--config=e2e/playwright.config.ts', '--reporter=list,json'];
  args.push(`--retries=${retries}`);
  const status = await tool(root, 'playwright', args, { PLAYWRIGHT_JSON_OUTPUT_FILE: report });
  return counted(status, report, countPlaywright);
}

function tool(root: string, name: string, args: readonly string[], env = {}): Promise<number> {
  const path = join(root, 'node_modules', '.bin', name);
  return runProgram(path, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
}

/** A run that failed without a failed test (it crashed, or an error was loose) still counts as one. */
export function counted(status: number, report: string, count: (report: unknown) => Count): Count {
  const found = existsSync(report) ? count(JSON.parse(readFileSync(report, 'utf8'))) : sum([]);
  return status !== 0 && found.failed === 0 ? sum([found, FAILED]) : found;
}

/** Suites that could not even be loaded have no tests; each is one failure. */
export function countVitest(report: unknown): Count {
  const { numPassedTests, numFailedTests, testResults } = report as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  const broken = testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

export function countPlaywright(report: unknown): Count {
  const { stats } = report as {
    stats: { expected: number; unexpected: number; flaky: number };
  };
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
}

function sum(counts: readonly Count[]): Count {
  return counts.reduce(
    (total, { passed, failed }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
    }),
    { passed: 0, failed: 0 },
  );
}
