import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { SandboxOrigin } from './sandbox-origin.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function asked(port: number, path: string, host: string, method = 'GET') {
  return new Promise<{ status: number | undefined; policy: unknown; body: string }>((resolve) => {
    const headers = { host };
    const sent = request({ port, path, headers, method, host: '127.0.0.1' }, async (got) => {
      let body = '';
      for await (const part of got.setEncoding('utf8')) body += part;
      const policy = got.headers['content-security-policy'];
      resolve({ status: got.statusCode, policy, body });
    });
    sent.end();
  });
}

async function open(text: string): Promise<{ sandbox: SandboxOrigin; port: number }> {
  const root = mkdtempSync(join(tmpdir(), 'manytabs-sandbox-'));
  undo.push(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'sandbox.html'), '<!doctype html>\n<title>sandbox</title>\n');
  const sandbox = new SandboxOrigin(text);
  sandbox.load(root);
  undo.push(await sandbox.listen('127.0.0.1', '1'));
  return { sandbox, port: Number(sandbox.pattern.split(':').at(-1)) };
}

test('[RU36] serves the sandbox page and nothing else, each frame under a name of its own', async () => {
  const { sandbox, port } = await open('http://*.localhost:0');
  const { host, pathname } = new URL(sandbox.place());
  expect(host).toMatch(/^[0-9a-f]{20}\.localhost:\d+$/);
  expect(sandbox.place()).not.toBe(sandbox.place());
  expect(await asked(port, pathname, host)).toEqual({
    status: 200,
    policy: 'sandbox allow-scripts',
    body: '<!doctype html>\n<title>sandbox</title>\n',
  });
  expect(await asked(port, `${pathname}?own`, host)).toEqual({
    status: 200,
    policy: 'sandbox allow-scripts allow-same-origin',
    body: `<!doctype html>\n<html data-own-origin="http://${host}">\n<title>sandbox</title>\n`,
  });
  for (const path of ['/', '/api/status', '/index.html', '/../sandbox.html/x'])
    expect(await asked(port, path, host)).toMatchObject({ status: 404 });
  expect(await asked(port, pathname, host, 'POST')).toMatchObject({ status: 404 });
  expect(await asked(port, pathname, `127.0.0.1:${port}`)).toMatchObject({ status: 421 });
  expect(await asked(port, pathname, `evil.example:${port}`)).toMatchObject({ status: 421 });
});

test('[RU36] what is no origin is refused, and so is a port that is taken', async () => {
  for (const text of ['localhost', 'ftp://a', 'http://a/b', 'http://a?b', 'http://', '*'])
    expect(() => new SandboxOrigin(text)).toThrowError(expect.objectContaining({ code: 'usage' }));
  const server = createServer().listen(0, '127.0.0.1');
  undo.push(() => server.close());
  await new Promise((up) => server.once('listening', up));
  const { port } = server.address() as AddressInfo;
  await expect(open(`http://localhost:${port}`)).rejects.toMatchObject({ code: 'address-in-use' });
  // Of another machine, or behind a proxy: nothing to listen on.
  const far = new SandboxOrigin('https://*.sandbox.example');
  await (await far.listen('127.0.0.1', '1'))();
  expect(far.isAsked('a.sandbox.example')).toBe(true);
  expect(far.isAsked('sandbox.example')).toBe(false);
  expect(far.isAsked('asandbox.example')).toBe(false);
  expect(far.isAsked('a.sandbox.example/"><script>')).toBe(false);
});
