import { GridError } from '@manytabs/protocol';
import type { FastifyInstance } from 'fastify';
import type { Tokens } from 'manytabs/host';
import type { IceServers } from './ice-servers.ts';

export interface IceRoute {
  readonly servers: IceServers;
  readonly tokens: Tokens;
  /** The grid's tabs need a token, and so does whoever wants to use its relay. */
  readonly isPrivate: boolean;
}

/** `/api/ice`: the STUN and TURN servers for a tab that is about to connect. */
export function serveIce(app: FastifyInstance, { servers, tokens, isPrivate }: IceRoute): void {
  app.get('/api/ice', (request, reply) => {
    reply.header('Cache-Control', 'no-store');
    if (!isPrivate) return servers.answer();
    try {
      tokens.check(/^Bearer (\S{1,512})$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
      return servers.answer();
    } catch (thrown) {
      const { code, message } = thrown instanceof GridError ? thrown : refused();
      return reply.code(403).send({ error: { code, message } });
    }
  });
}

function refused(): GridError {
  return new GridError('token-refused', 'This grid is private.');
}
