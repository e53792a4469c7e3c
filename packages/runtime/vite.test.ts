import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, createServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildSandboxHtml } from './build/sandbox-html.ts';
import { sandboxPage } from './vite.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'manytabs-vite-'));
  await writeFile(join(root, 'index.html'), '<!doctype html><title>app</title>');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const config = () => ({
  root,
  configFile: false as const,
  logLevel: 'error' as const,
  plugins: [sandboxPage()],
});

test('[RU35] a build of the page brings the sandbox page along', async () => {
  await build({ ...config(), build: { outDir: join(root, 'out') } });
  expect(await readFile(join(root, 'out', 'sandbox.html'), 'utf8')).toBe(await buildSandboxHtml());
}, 60_000);

test('[RU35] a development server serves it', async () => {
  const server = await createServer({ ...config(), server: { port: 0, host: '127.0.0.1' } });
  try {
    await server.listen();
    const address = server.httpServer?.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const response = await fetch(`http://127.0.0.1:${port}/sandbox.html`);
    expect(await response.text()).toBe(await buildSandboxHtml());
  } finally {
    await server.close();
  }
}, 60_000);
