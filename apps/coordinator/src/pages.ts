import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

const CANDIDATES = ['../pages', '../../../dist/pages'] as const;

/** The built pages: beside the bundled program, or in the repository. */
export function findPages(): string | undefined {
  const paths = CANDIDATES.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return paths.find((path) => existsSync(`${path}/index.html`));
}

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' ws: wss:",
  "worker-src 'self' blob:",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PERMISSIONS = ['camera', 'microphone', 'geolocation', 'usb', 'serial', 'hid', 'payment']
  .map((name) => `${name}=()`)
  .join(', ');

const YEAR_SECONDS = 31_536_000;

/** Serves the pages with a strict policy; the sandbox frame brings its own. */
export async function servePages(app: FastifyInstance, root: string): Promise<void> {
  app.addHook('onSend', async (request, reply) => {
    secure(reply, request.url.split('?')[0] ?? '');
  });
  await app.register(fastifyStatic, {
    root,
    redirect: true,
    setHeaders: (response, path) => {
      const immutable = path.includes('/assets/');
      const maxAge = immutable ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
      response.header('Cache-Control', maxAge);
    },
  });
}

function secure(reply: FastifyReply, path: string): void {
  reply.header('X-Content-Type-Options', 'nosniff');
  reply.header('Referrer-Policy', 'no-referrer');
  reply.header('Permissions-Policy', PERMISSIONS);
  reply.header('Cross-Origin-Resource-Policy', 'same-origin');
  if (path === '/sandbox.html') reply.header('Content-Security-Policy', 'sandbox allow-scripts');
  else reply.header('Content-Security-Policy', PAGE_POLICY);
}
