import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from 'manytabs/host';
import {
  EMBED_PATH,
  embedPermit,
  foreignPage,
  isTelling,
  siteKeyOf,
  tellingAddress,
} from './embed-page.ts';
import type { SandboxOrigin } from './sandbox-origin.ts';

const SANDBOX_PATH = '/sandbox.html';
const CANDIDATES = ['../pages', '../../../dist/pages'] as const;

/** The built pages: beside the bundled program, or in the repository. */
export function findPages(): string | undefined {
  const paths = CANDIDATES.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return paths.find((path) => existsSync(`${path}/index.html`));
}

/** A name or an address with a port, as a policy can say it. */
const PLAIN_HOST = /^[\w.-]+(:\d{1,5})?$/;

/**
 * The one page that ours frame: a frame that is led elsewhere, also on the grid's own origin, stays empty. `others` are
 * where else the grid is: behind a proxy that does not tell the name it is called by.
 */
export function framesOf(host = '', others: readonly string[] = []): string {
  if (!PLAIN_HOST.test(host)) return "'self'";
  return [host, ...others].map((place) => place + SANDBOX_PATH).join(' ');
}

/** Which sites may frame a page: none, but for the widget's. */
const pagePolicy = (ancestors: string, frames: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self' ws: wss:",
    "worker-src 'self' blob:",
    `frame-src ${frames}`,
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
  readonly access: Access;
  /** Origins under which the grid is reached besides the name it is asked by. */
  readonly origins?: readonly string[] | undefined;
  /** Where the sandbox page is, if not here. */
  readonly sandbox?: SandboxOrigin | undefined;
}

/** Serves the pages with a strict policy; the sandbox frame brings its own. */
export async function servePages(app: FastifyInstance, options: PageOptions): Promise<void> {
  const { origins = [], sandbox } = options;
  app.addHook('onRequest', async (request, reply) => {
    const elsewhere = sandbox ? [...origins, sandbox.pattern] : origins;
    const frames = framesOf(request.headers.host, elsewhere);
    const secured = (framedBy: readonly string[]) => secure(reply, request, framedBy, frames);
    if (pathOf(request.url) !== EMBED_PATH) return secured([]);
    return guardFrame(request, reply, options.access, secured);
  });
  if (options.root === undefined) return;
  if (sandbox) serveBeside(app, sandbox, options.root);
  app.get('/safety', (_request, reply) => reply.sendFile('safety.html'));
  await app.register(fastifyStatic, {
    root: options.root,
    redirect: true,
    preCompressed: true,
    setHeaders: (response, path) => {
      const immutable = path.includes('/assets/') || /\/sdk\/manytabs-[^/]+\.js$/.test(path);
      const maxAge = immutable ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
      response.header('Cache-Control', maxAge);
    },
  });
}

/** The sandbox page is elsewhere: whoever asks for it here is led there, and the first page admits that. */
function serveBeside(app: FastifyInstance, sandbox: SandboxOrigin, root: string): void {
  sandbox.load(root);
  app.get(SANDBOX_PATH, (_request, reply) =>
    reply.header('Cache-Control', 'no-store').redirect(sandbox.place(), 302),
  );
  app.get('/', async (_request, reply) => {
    const html = await readFile(join(root, 'index.html'), 'utf8');
    const said = html.replace("frame-src 'self'", `frame-src 'self' ${sandbox.pattern}`);
    return reply.type('text/html; charset=utf-8').header('Cache-Control', 'no-cache').send(said);
  });
}

/** Answers what must not have the widget; what may goes on to the page. */
function guardFrame(
  request: FastifyRequest,
  reply: FastifyReply,
  { tokens, sites }: Access,
  secured: (framedBy: readonly string[]) => void,
) {
  const { url, headers } = request;
  if (isTelling(url)) return secured(['*']);
  const permit = embedPermit(tokens, url);
  const refusal = 'code' in permit ? permit : foreignPage(permit, headers.referer);
  if (!refusal) {
    if ('id' in permit && request.method === 'GET') sites?.onShown(permit.id);
    return secured('id' in permit ? permit.origins : []);
  }
  sites?.onRefused(siteKeyOf(url), refusal.code);
  const isFramed = headers['sec-fetch-dest'] === 'iframe';
  secured(isFramed ? ['*'] : []);
  reply.header('Cache-Control', 'no-store');
  if (isFramed) return reply.redirect(tellingAddress(url, refusal.code), 302);
  return reply.code(403).send({ error: refusal });
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? '';
}

/** What pages of other sites load by its address: the loader, and what tells its hash. */
const FOR_OTHER_SITES = /^\/sdk\/[\w.-]+\.js(on)?$/;
/** What stands in the widget's frame, which pages that isolate themselves embed only if all of it says so. */
const IN_WIDGET = /^\/(embed\.html$|sandbox\.html$|assets\/)/;

function secure(
  reply: FastifyReply,
  request: FastifyRequest,
  framedBy: readonly string[],
  frames: string,
): void {
  const path = pathOf(request.url);
  const isForOthers = FOR_OTHER_SITES.test(path);
  reply.header('X-Content-Type-Options', 'nosniff');
  reply.header('Referrer-Policy', 'no-referrer');
  reply.header('Permissions-Policy', PERMISSIONS);
  // To Firefox the sandbox frame in the widget is of another origin than the widget: it has none.
  const isShared = isForOthers || path === EMBED_PATH || path === SANDBOX_PATH;
  reply.header('Cross-Origin-Resource-Policy', isShared ? 'cross-origin' : 'same-origin');
  if (IN_WIDGET.test(path)) reply.header('Cross-Origin-Embedder-Policy', 'require-corp');
  // The widget's frame gets a process of its own, also beside pages of the same site.
  if (path !== SANDBOX_PATH) reply.header('Origin-Agent-Cluster', '?1');
  if (isForOthers) reply.header('Access-Control-Allow-Origin', '*');
  if (framedBy.length === 0 && path !== SANDBOX_PATH) {
    reply.header('Cross-Origin-Opener-Policy', 'same-origin');
    reply.header('X-Frame-Options', 'DENY');
  }
  const ancestors = framedBy.length > 0 ? framedBy.join(' ') : "'none'";
  // The sandbox frame has no origin of its own, and stands in whatever page computes; what frames that is its matter.
  if (path === SANDBOX_PATH) reply.header('Content-Security-Policy', 'sandbox allow-scripts');
  else reply.header('Content-Security-Policy', pagePolicy(ancestors, frames));
}
