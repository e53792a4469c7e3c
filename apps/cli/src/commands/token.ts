import { GridError, type Scope, scopeSchema, type TokenView } from '@manytabs/protocol';
import type { Grid } from 'manytabs';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { toJsonLine } from '../json-value.ts';
import { readTime } from '../read-time.ts';
import { type GridOptions, print, withGrid } from '../session.ts';
import { alignTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

export interface TokenCommandOptions extends GridOptions {
  readonly scope?: string;
  readonly origin?: readonly string[];
  readonly expires?: string;
  readonly name?: string;
  readonly untrusted?: boolean;
  readonly maxJobs?: number;
  readonly maxTasks?: number;
  readonly maxBytes?: number;
}

/** `manytabs token create | list | revoke ID`, for the owner of the grid. */
export async function token(
  terminal: Terminal,
  action: string,
  id: string | undefined,
  options: TokenCommandOptions,
): Promise<ExitCode> {
  switch (action) {
    case 'create':
      return create(terminal, options, scopeOf(options));
    case 'list':
      return list(terminal, options);
    case 'revoke':
      return revoke(terminal, options, id);
    default:
      throw new GridError('usage', `There is no \`token ${action}\`: create, list or revoke.`);
  }
}

function scopeOf({ scope, origin = [] }: TokenCommandOptions): Scope {
  const parsed = scopeSchema.safeParse(scope);
  if (!parsed.success) {
    throw new GridError(
      'usage',
      'Say what the token is for: --scope submit|admin|volunteer|embed.',
    );
  }
  if (parsed.data === 'embed' && origin.length === 0) {
    throw new GridError('usage', 'A site key names the site: --origin https://example.org.');
  }
  return parsed.data;
}

function create(terminal: Terminal, options: TokenCommandOptions, scope: Scope): Promise<ExitCode> {
  const expires = options.expires === undefined ? undefined : readTime(options.expires, Date.now());
  const { maxJobs: jobs, maxTasks: tasks, maxBytes: bytes } = options;
  const order = {
    scope,
    name: options.name,
    origins: options.origin,
    expires,
    trusted: options.untrusted !== true,
    quota: { jobs, tasks, bytes },
  };
  return withGrid(terminal, options, async (grid) => {
    const made = await grid.tokens.create(order);
    if (options.json) terminal.out(toJsonLine({ token: made.token, ...rowOf(made) }));
    else {
      terminal.out(made.token);
      terminal.err(`${made.id} is to ${PURPOSE[scope]}, until ${endOf(made)}.`);
      if (scope !== 'embed') terminal.err('It is shown this once and kept nowhere: keep it safe.');
    }
    return EXIT.done;
  });
}

const PURPOSE = {
  submit: 'submit jobs and see its own',
  admin: 'do everything',
  volunteer: 'donate',
  embed: 'put into pages of its sites; it is public',
} as const satisfies Record<Scope, string>;

function list(terminal: Terminal, options: TokenCommandOptions): Promise<ExitCode> {
  return withGrid(terminal, options, async (grid) => {
    const rows = (await grid.tokens.list()).map(rowOf);
    print(terminal, options, rows, (shown) =>
      alignTable(['ID', 'SCOPE', 'STATE', 'EXPIRES', 'FOR'], shown.map(cellsOf)),
    );
    return EXIT.done;
  });
}

function cellsOf({ id, scope, state, expires, name, origins }: ReturnType<typeof rowOf>): string[] {
  return [id, scope, state, expires ?? 'never', [name, ...origins].filter(Boolean).join(' ')];
}

function revoke(
  terminal: Terminal,
  options: TokenCommandOptions,
  text: string | undefined,
): Promise<ExitCode> {
  if (!text) throw new GridError('usage', 'Name the token: manytabs token revoke ID.');
  return withGrid(terminal, options, async (grid) => {
    const view = await grid.tokens.revoke(await findId(grid, text));
    if (options.json) terminal.out(toJsonLine(rowOf(view)));
    else terminal.out(`${view.id} is revoked. Jobs that were submitted with it go on.`);
    return EXIT.done;
  });
}

/** By its id, the beginning of only one, or the token itself. */
async function findId(grid: Grid, text: string): Promise<string> {
  const wanted = /^m[tk]_([a-z2-7]{12})_/.exec(text)?.[1] ?? text;
  const found = (await grid.tokens.list()).filter(({ id }) => id.startsWith(wanted));
  const [only] = found;
  if (!only) throw new GridError('token-unknown', `There is no token ${wanted.slice(0, 60)}.`);
  if (found.length === 1) return only.id;
  throw new GridError('usage', `${wanted} is the beginning of several tokens.`);
}

function rowOf(view: TokenView) {
  const { id, scope, name, origins, state, expiresAt, createdAt, trusted, quota } = view;
  return {
    id,
    scope,
    expires: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    name,
    origins,
    state,
    created: new Date(createdAt).toISOString(),
    ...(scope === 'volunteer' ? { trusted } : {}),
    ...(Object.keys(quota).length > 0 ? { quota } : {}),
  };
}

function endOf({ expiresAt }: TokenView): string {
  return expiresAt === undefined ? 'it is revoked' : new Date(expiresAt).toISOString();
}
