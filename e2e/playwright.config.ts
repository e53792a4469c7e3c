import { BROWSER_FLAGS, mustFindBrowser } from '@manytabs/browser';
import { defineConfig } from '@playwright/test';
import { LAN_NAME } from './grid-process.ts';

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  timeout: 90_000,
  expect: { timeout: 20_000 },
  // Every test brings browsers, workers and a grid: one at a time on a small machine.
  workers: 1,
  forbidOnly: true,
  use: {
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: mustFindBrowser(),
      args: [...BROWSER_FLAGS, `--host-resolver-rules=MAP ${LAN_NAME} 127.0.0.1`],
    },
  },
});
