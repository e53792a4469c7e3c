import type { TokenView } from '@manytabs/protocol';
import type { AuditEntry } from '../access/audit-log.ts';
import { drawToken, hashToken } from '../access/token-text.ts';
import { allPages } from './all-pages.ts';
import type { TokenOptions, TokensApi } from './api.ts';
import type { Connection } from './connection.ts';

/** The token is drawn here: the grid learns its hash. */
export function tokensOver(connection: Connection): TokensApi {
  return {
    async create(options: TokenOptions) {
      const { scope, name = '', origins = [], expires, trusted = true, quota = {} } = options;
      const { id, token } = drawToken(scope === 'embed' ? 'site-key' : 'token');
      const view = await connection.request({
        type: 'create-token',
        ...{ id, hash: hashToken(token), scope, name, origins: [...origins], trusted, quota },
        ...(expires ? { expiresAt: expires.getTime() } : {}),
      });
      return { ...(view as TokenView), token };
    },
    async list() {
      const page = (after?: string) => connection.request({ type: 'list-tokens', after });
      const all = await allPages<TokenView>(page, ({ id }) => id);
      return all.sort((a, b) => a.createdAt - b.createdAt);
    },
    async revoke(id) {
      return (await connection.request({ type: 'revoke-token', id })) as TokenView;
    },
  };
}

export async function* auditOver(connection: Connection): AsyncGenerator<AuditEntry> {
  for (let from = 0; ; ) {
    const entries = (await connection.request({ type: 'read-audit', from })) as AuditEntry[];
    yield* entries;
    const last = entries.at(-1);
    if (!last) return;
    from = last.number + 1;
  }
}
