import { type ErrorCode, GridError, type Quota, type Scope } from '@manytabs/protocol';

/** What a token allows, and in whose name. */
export interface Grant {
  readonly scope: Scope;
  /** Whose the jobs are that are submitted with it. */
  readonly owner: string;
  /** Of the token; the owner's own has none. */
  readonly id?: string | undefined;
  /** Sites that may use it; none: any. */
  readonly origins?: readonly string[] | undefined;
  /** Of a volunteer: its results count more. */
  readonly trusted?: boolean | undefined;
  readonly quota?: Quota | undefined;
}

/** @throws {GridError} `token-refused` unless the token is for one of these */
export function requireScope(grant: Grant | undefined, ...scopes: readonly Scope[]): Grant {
  if (!grant) throw refused('This grid does not know this token.');
  if (scopes.includes(grant.scope)) return grant;
  throw refused(`This is a token to ${WORDS[grant.scope]}, not to ${WORDS[scopes[0] ?? 'admin']}.`);
}

/** @throws {GridError} `token-refused` where the token belongs to other sites */
export function requireOrigin(grant: Grant, origin: string | undefined): void {
  const { origins = [] } = grant;
  if (origins.length === 0 || origin === undefined || origins.includes(origin)) return;
  throw refused(`This token is for ${origins.join(', ')}, not for ${origin.slice(0, 256)}.`);
}

const WORDS = {
  admin: 'own the grid',
  submit: 'submit jobs',
  volunteer: 'volunteer',
  embed: 'donate from a site',
} as const satisfies Record<Scope, string>;

function refused(message: string, code: ErrorCode = 'token-refused'): GridError {
  return new GridError(code, message);
}
