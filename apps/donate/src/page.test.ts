import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';

const html = readFileSync(new URL('../index.html', import.meta.url), 'utf8');

/** What a browser fetches to show the page: the entry without the chunk that Start loads. */
async function bundleBeforeStart() {
  return build({
    entryPoints: [new URL('./main.ts', import.meta.url).pathname],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    // Fetched with Start, and only in a visitor's own language.
    external: ['./volunteer.ts', ...['de', 'es', 'zh', 'ar'].map((name) => `./page/${name}.ts`)],
    absWorkingDir: new URL('..', import.meta.url).pathname,
  });
}

describe('the page before Start', () => {
  test('[UI40] holds nothing that could run a task, connect or store', async () => {
    const { metafile, outputFiles } = await bundleBeforeStart();
    for (const input of Object.keys(metafile.inputs)) expect(input).toMatch(/^src\/[\w/-]+\.ts$/);
    const script = outputFiles[0]?.text ?? '';
    expect(script).toContain('Stop at once');
    expect(script).not.toMatch(
      /fetch\(|new WebSocket|RTCPeerConnection\(|new Worker|setItem|indexedDB\.open/,
    );
  });

  test('[UI50] weighs at most 25 KiB of script, gzipped', async () => {
    const { outputFiles } = await bundleBeforeStart();
    expect(gzipSync(outputFiles[0]?.contents ?? '').length).toBeLessThan(25 * 1024);
  });

  test('[UI50] says what it is and what Start means without any script', () => {
    expect(html).toContain('<noscript>');
    for (const part of ['What runs.', 'Limits.', 'How to stop.']) expect(html).toContain(part);
    expect(html).toMatch(/id="start"[^>]*disabled/);
  });
});

describe('the content security policy', () => {
  const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1] ?? '';
  const directives = new Map(
    policy.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );

  test('[UI51] allows nothing but this origin, and its sandbox and workers', () => {
    expect(Object.fromEntries(directives)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' data: blob:",
      'connect-src': "'self' ws: wss:",
      'frame-src': "'self'",
      'worker-src': "'self' blob:",
      'manifest-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
    });
  });

  test('[UI51] holds: the page has no inline script, style or handler', () => {
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  });
});
