import type { Plugin } from 'vite';
import { buildSandboxHtml } from './build/sandbox-html.ts';
import { buildThreadWorker } from './build/thread-worker.ts';

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

const THREAD_WORKER = 'virtual:manytabs-thread-worker';

/** The script of `virtual:manytabs-thread-worker`, for Node; a page never asks for it and gets an empty one. */
export function threadWorker(options: { readonly isPage: boolean }) {
  return {
    name: 'manytabs-thread-worker',
    resolveId: (id: string) => (id === THREAD_WORKER ? `\0${THREAD_WORKER}` : undefined),
    async load(id: string) {
      if (id !== `\0${THREAD_WORKER}`) return undefined;
      const text = options.isPage ? '' : await buildThreadWorker();
      return `export default ${JSON.stringify(text)};`;
    },
  } satisfies Plugin;
}
