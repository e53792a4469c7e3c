import { defineConfig } from 'vitest/config';
import { threadWorker } from './packages/runtime/vite.ts';

// The pages have their own vite.config.ts each (apps/donate, apps/console); scripts/build.ts puts them together.
export default defineConfig({
  plugins: [threadWorker({ isPage: false })],
  test: {
    include: ['{packages,apps,samples,scripts,bench}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // For what hangs; what is slow on a busy machine is not wrong.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Real browsers on a shared machine: what fails three times in a row fails.
    retry: { count: process.env.CI ? 2 : 0, delay: 1_000 },
  },
});
