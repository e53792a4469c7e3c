import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { buildSandboxHtml } from './sandbox-html.ts';

test('[RU35] the sandbox page is one file, the same each time, whose policy names its script', async () => {
  const html = await buildSandboxHtml();
  expect(await buildSandboxHtml()).toBe(html);
  const script = /<script>([\s\S]*)<\/script>/.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(script).digest('base64');
  expect(html).toContain(
    `content="default-src 'none'; script-src 'sha256-${hash}' blob: 'wasm-unsafe-eval'; worker-src blob:; ` +
      "form-action 'none'; base-uri 'none'; webrtc 'block'\"",
  );
  expect(html.length).toBeLessThan(192 * 1024);
}, 60_000);
