import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Tokens } from 'manytabs/host';
import { EMBED_PATH, embedPermit } from './embed-page.ts';

const CANDIDATES = ['../pages', '../../../dist/pages'] as const;

/** The built pages: beside the bundled program, or in the repository. */
export function findPages(): string | undefined {
  const paths = CANDIDATES.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return paths.find((path) => existsSync(`${path}/index.html`));
}

/** Which sites may frame a page: none, but for the widget's. */
const pagePolicy = (ancestors: string) =>
  [
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
    `frame-ancestors ${ancestors}`,
  ].join('; ');

const PERMISSIONS = [
  ...[
    'camera',
    'microphone',
    'geolocation',
    'usb',
    'serial',
    'hid',
    'payment',
    'bluetooth',
    'midi',
  ],
  ...['display-capture', 'clipboard-read', 'publickey-credentials-get'],
]
  .map((name) => `${name}=()`)
  .join(', ');

const YEAR_SECONDS = 31_536_000;

export interface PageOptions {
  readonly root: string | undefined;
  readonly tokens: Tokens;
}

/** Serves the pages with a strict policy; the sandbox frame brings its own. */
export async function servePages(app: FastifyInstance, options: PageOptions): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    const isEmbed = pathOf(request.url) === EMBED_PATH;
    const permit = isEmbed ? embedPermit(options.tokens, request.url) : undefined;
    secure(reply, pathOf(request.url), permit && 'origins' in permit ? permit.origins : []);
    if (permit && 'code' in permit) return reply.code(403).send({ error: permit });
  });
  if (options.root === undefined) return;
  await app.register(fastifyStatic, {
    root: options.root,
    redirect: true,
    setHeaders: (response, path) => {
      const immutable = path.includes('/assets/');
      const maxAge = immutable ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
      response.header('Cache-Control', maxAge);
    },
  });
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? '';
}

/** Scripts that pages of other sites load by their address. */
const FOR_OTHER_SITES = /^\/sdk\/[\w.-]+\.js$/;

function secure(reply: FastifyReply, path: string, framedBy: readonly string[]): void {
  const isForOthers = FOR_OTHER_SITES.test(path);
  reply.header('X-Content-Type-Options', 'nosniff');
  reply.header('Referrer-Policy', 'no-referrer');
  reply.header('Permissions-Policy', PERMISSIONS);
  reply.header('Cross-Origin-Resource-Policy', isForOthers ? 'cross-origin' : 'same-origin');
  if (isForOthers) reply.header('Access-Control-Allow-Origin', '*');
  if (framedBy.length === 0 && path !== '/sandbox.html') {
    reply.header('Cross-Origin-Opener-Policy', 'same-origin');
    reply.header('X-Frame-Options', 'DENY');
  }
  const ancestors = framedBy.length > 0 ? framedBy.join(' ') : "'none'";
  // The sandbox frame has no origin of its own, and stands in whatever page computes; what frames that is its matter.
  if (path === '/sandbox.html') reply.header('Content-Security-Policy', 'sandbox allow-scripts');
  else reply.header('Content-Security-Policy', pagePolicy(ancestors));
}
