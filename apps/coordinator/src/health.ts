import { ERRORS } from '@manytabs/protocol';
import type { FastifyInstance } from 'fastify';
import type { CoordinatorHost } from 'manytabs/host';

/** `/health/live`: the process answers. `/health/ready`: it does its work, else 503 and why. */
export function serveHealth(app: FastifyInstance, host: CoordinatorHost): void {
  app.get('/health', () => ({ ok: true }));
  app.get('/health/live', () => ({ ok: true }));
  app.get('/health/ready', async (_request, reply) => {
    const { state, stalled } = host.health();
    if (state === 'ready') return { ok: true, state };
    reply.code(503);
    const hint = stalled ? ERRORS[stalled.code] : 'Wait until it is up again.';
    return { ok: false, state, code: stalled?.code ?? 'closed', hint };
  });
}
