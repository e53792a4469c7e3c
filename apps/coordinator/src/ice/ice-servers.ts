import { createHmac } from 'node:crypto';
import { GridError, type IceAnswer, type IceServer, LIMITS } from '@manytabs/protocol';
import { parseIceServer } from './parse-ice-server.ts';

/** A tab that stays longer asks anew. */
const TTL_SECONDS = 86_400;
const SECRET_CHARS_MIN = 8;

export interface IceOptions {
  /** Each `URL[,user,credential]`. */
  readonly iceServers?: readonly string[] | undefined;
  /** What the TURN servers share with this grid (coturn: `static-auth-secret`). */
  readonly turnSecret?: string | undefined;
}

/** The STUN and TURN servers that tabs are told of. */
export class IceServers {
  readonly #servers: readonly IceServer[];
  readonly #secret: string | undefined;
  readonly #clock: () => number;

  /** @throws {GridError} `ice-server-invalid` */
  constructor({ iceServers = [], turnSecret }: IceOptions, clock: () => number) {
    if (iceServers.length > LIMITS.ICE_SERVERS_MAX) {
      throw new GridError('ice-server-invalid', `At most ${LIMITS.ICE_SERVERS_MAX} are used.`);
    }
    this.#servers = iceServers.map((text) => parseIceServer(text, turnSecret !== undefined));
    if (turnSecret !== undefined) checkSecret(turnSecret, this.#servers);
    this.#secret = turnSecret;
    this.#clock = clock;
  }

  /** For a tab that connects now. */
  answer(): IceAnswer {
    const expires = Math.floor(this.#clock() / 1000) + TTL_SECONDS;
    const secret = this.#secret;
    if (secret === undefined) return { iceServers: [...this.#servers] };
    const made = temporary(secret, expires);
    const iceServers = this.#servers.map((server) =>
      needsUser(server) ? { ...server, ...made } : server,
    );
    return { iceServers, expiresAt: expires * 1000 };
  }

  /** What a server behind NAT asks for its own address; it needs no relay, as tabs have one. */
  get stun(): string[] {
    return this.#servers.filter(({ urls }) => /^stun:/i.test(urls)).map(({ urls }) => urls);
  }
}

/** The way of coturn's REST API: the name says until when, and the credential proves that the grid gave it. */
function temporary(secret: string, expires: number): { username: string; credential: string } {
  const username = `${expires}:manytabs`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

function needsUser({ urls, username }: IceServer): boolean {
  return /^turns?:/i.test(urls) && username === undefined;
}

function checkSecret(secret: string, servers: readonly IceServer[]): void {
  if (secret.length < SECRET_CHARS_MIN) {
    throw new GridError('ice-server-invalid', 'A secret has at least 8 characters.');
  }
  if (servers.some(needsUser)) return;
  throw new GridError('ice-server-invalid', 'A secret is of no use without a turn: server.');
}
