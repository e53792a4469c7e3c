import type { Plugin } from 'vite';
import { buildSandboxHtml } from './build/sandbox-html.ts';

const FILE = 'sandbox.html';

/** Emits `sandbox.html` at the root of a build, and serves it, built anew each time, in development. */
export function sandboxPage(): Plugin {
  return {
    name: 'manytabs-sandbox-page',
    configureServer(server) {
      server.middlewares.use(`/${FILE}`, (_request, response, next) => {
        buildSandboxHtml().then((html) => {
          response.setHeader('content-type', 'text/html; charset=utf-8');
          response.end(html);
        }, next);
      });
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: FILE, source: await buildSandboxHtml() });
    },
  };
}
