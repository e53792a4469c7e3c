import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export interface GuardOptions {
  /** The address that the grid listens on. */
  readonly bound: string;
  /** Names it is reached by besides: of a proxy in front, for example. */
  readonly hosts?: readonly string[] | undefined;
  /** Sites whose pages may call. */
  readonly origins?: readonly string[] | undefined;
  /** Sites that a token names, at this moment. */
  readonly tokenOrigins: () => ReadonlySet<string>;
}

/** Why a request is turned away, and with which status. */
export interface Refusal {
  readonly status: 403 | 421;
  readonly message: string;
}

/**
 * Keeps foreign pages out. A browser says truly which host a page asked for and which page asks: a name that leads to
 * this machine by somebody else's DNS is not ours (421), and neither is a page of another site (403).
 */
export class RequestGuard {
  readonly #options: GuardOptions;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#hosts = new Set((options.hosts ?? []).map((name) => name.toLowerCase()));
    this.#origins = new Set(options.origins ?? []);
  }

  refusal(request: Pick<IncomingMessage, 'headers' | 'method'>): Refusal | undefined {
    const { host, origin } = request.headers;
    if (!this.#isOurs(host)) {
      const message = `This grid is not called ${printable(host)}. Start it with --allow-host to give it that name.`;
      return { status: 421, message };
    }
    // Reading what is public does no harm, and the browser shows the answer to no page of another site.
    const isSafe = request.method === 'GET' || request.method === 'HEAD';
    if (origin === undefined || isSafe || this.mayCall(origin, host)) return undefined;
    return { status: 403, message: `Pages of ${printable(origin)} may not call this grid.` };
  }

  /** A WebSocket shows its answers to the page that opened it, so its origin counts whatever the method. */
  refusalOfUpgrade(request: Pick<IncomingMessage, 'headers'>): Refusal | undefined {
    return this.refusal({ headers: request.headers, method: 'UPGRADE' });
  }

  mayCall(origin: string, host: string | undefined): boolean {
    if (this.#origins.has(origin) || this.#options.tokenOrigins().has(origin)) return true;
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    if (!url || !host) return false;
    // A proxy that speaks TLS changes the scheme; the host stays.
    if (url.host === hostOf(host).toLowerCase()) return true;
    // A page that this machine serves itself, calling this machine.
    return isLoopback(url.hostname) && isLoopback(nameOf(host));
  }

  #isOurs(host: string | undefined): boolean {
    if (!host) return false;
    const name = nameOf(host);
    if (name === '') return false;
    if (this.#hosts.has(name) || this.#hosts.has(host.toLowerCase())) return true;
    if (isLoopback(name)) return true;
    if (isAddress(name)) return true;
    // On loopback only this machine can call, so a name that anybody may register was made to lead here. Elsewhere the
    // owner may say which names are right; whoever says none takes all.
    if (isLoopback(this.#options.bound)) return isPrivateName(name);
    return this.#hosts.size === 0;
  }
}

export function isLoopback(name: string): boolean {
  const bare = name.replace(/^\[|\]$/g, '');
  if (bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1') return true;
  return isIP(bare) === 4 && bare.startsWith('127.');
}

/** Names that the public DNS gives to nobody: single words, and the domains of RFC 6761, RFC 6762, RFC 8375 and ICANN. */
function isPrivateName(name: string): boolean {
  return /^[^.]+$|\.(test|local|internal|home\.arpa)$/.test(name);
}

/** No DNS stands between an address and its machine. */
function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

function nameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.toLowerCase() : '';
}

/** Without the default port, as origins are written. */
function hostOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).host : '';
}

function printable(text: string | undefined): string {
  return (text ?? 'nothing').replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
