import type { FastifyInstance } from 'fastify';
import type { CoordinatorHost } from 'manytabs/host';

const FRESH_SECONDS = 30;

/** What was given, for others to build on. A private grid names nobody. */
export function serveStatistics(app: FastifyInstance, host: CoordinatorHost): void {
  app.get('/api/stats', async (_request, reply) => {
    const { donors, teams, ...totals } = await host.accounts.statistics.read();
    reply.header('Cache-Control', `public, max-age=${FRESH_SECONDS}`);
    const named = host.options.isPrivate ? { donors: [], teams: [] } : { donors, teams };
    return { grid: host.options.grid, ...totals, ...named };
  });
}
