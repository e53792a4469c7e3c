import { GridError, type SubmitterMessage, type TokenView } from '@manytabs/protocol';
import { answerPage } from '../host/answer-page.ts';
import type { AuditFact, AuditLog } from './audit-log.ts';
import { type Grant, requireScope } from './grant.ts';
import type { SiteLedger } from './site-ledger.ts';
import type { Tokens } from './tokens.ts';

/** Who may do what on a grid, and who did. */
export interface Access {
  readonly tokens: Tokens;
  readonly audit: AuditLog;
  /** What came of the site keys, where pages embed the grid. */
  readonly sites?: SiteLedger | undefined;
}

export type AccessRequest = Extract<
  SubmitterMessage,
  { type: 'create-token' | 'list-tokens' | 'revoke-token' | 'read-audit' }
>;

const TYPES: ReadonlySet<string> = new Set([
  'create-token',
  'list-tokens',
  'revoke-token',
  'read-audit',
]);

export function isAccessRequest(message: SubmitterMessage): message is AccessRequest {
  return TYPES.has(message.type);
}

/**
 * The owner's orders about tokens. What was done is written down before it is called done.
 * @throws {GridError} `token-refused`, `token-unknown`, `input-invalid`, `quota-exceeded`, `spec-invalid`
 */
export async function serveAccess(
  access: Access | undefined,
  grant: Grant,
  request: AccessRequest,
): Promise<unknown> {
  requireScope(grant, 'admin');
  if (!access) throw new GridError('spec-invalid', 'This grid keeps no tokens.');
  const { tokens, audit } = access;
  switch (request.type) {
    case 'create-token': {
      const view = await tokens.create(request);
      const note = `${view.scope} ${view.name}`.trim();
      await audit.append({ ...by(grant, 'token-created', view.id), note });
      return view;
    }
    case 'revoke-token': {
      const view = await tokens.revoke(request.id);
      await audit.append(by(grant, 'token-revoked', view.id));
      return view;
    }
    case 'list-tokens':
      return answerPage(await withUse(tokens.list(), access.sites), ({ id }) => id, request.after);
    case 'read-audit':
      return audit.read(request.from);
  }
}

async function withUse(views: readonly TokenView[], sites: SiteLedger | undefined) {
  if (!sites || views.every(({ scope }) => scope !== 'embed')) return views;
  const uses = await sites.read();
  return views.map((view) => ({ ...view, use: uses.get(view.id) }));
}

function by(grant: Grant, action: AuditFact['action'], subject: string): AuditFact {
  return { actor: grant.owner, action, subject };
}
