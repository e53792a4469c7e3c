import {
  type GridError,
  type JobView,
  type NodeView,
  type StatusView,
  toGridError,
} from '@manytabs/protocol';
import type { AuditEntry, GridApi, TokensApi } from 'manytabs';
import { JobsFeed } from '../live/jobs-feed.ts';
import { LiveQuery } from '../live/live-query.ts';

/** What the owner of a grid may besides; others are refused. A grid in a tab has none. */
export interface OwnerApi {
  readonly tokens: TokensApi;
  audit(): AsyncIterable<AuditEntry>;
}

export type ConsoleGrid = GridApi & Partial<OwnerApi>;

/** One connection to the grid and what every page shows of it. */
export interface Session {
  readonly grid: ConsoleGrid;
  readonly status: LiveQuery<StatusView>;
  readonly jobs: LiveQuery<readonly JobView[]>;
  readonly nodes: LiveQuery<readonly NodeView[]>;
}

export type Connection =
  | { readonly state: 'token-missing' }
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly session: Session; readonly link: GridApi['state'] }
  | { readonly state: 'failed'; readonly error: GridError };

export type ConnectGrid = (token: string) => Promise<ConsoleGrid>;

export function sessionOf(grid: ConsoleGrid): Session {
  const feed = new JobsFeed((options) => grid.jobs(options), Date.now);
  return {
    grid,
    status: new LiveQuery(() => grid.status(), 2_000),
    jobs: new LiveQuery(() => feed.next(), 1_500),
    nodes: new LiveQuery(() => grid.nodes(), 2_000),
  };
}

/** Opens the grid and keeps what the pages need to know of the connection. */
export class Connector {
  readonly #connect: ConnectGrid;
  readonly #listeners = new Set<() => void>();
  #connection: Connection = { state: 'token-missing' };
  #attempt = 0;

  constructor(connect: ConnectGrid) {
    this.#connect = connect;
  }

  readonly getConnection = (): Connection => this.#connection;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async open(token: string | undefined): Promise<void> {
    const attempt = ++this.#attempt;
    this.#closeGrid();
    if (token === undefined) return this.#become({ state: 'token-missing' });
    this.#become({ state: 'connecting' });
    try {
      const grid = await this.#connect(token);
      if (attempt !== this.#attempt) return void grid.close(); // a newer attempt took over
      this.#follow(sessionOf(grid), attempt);
    } catch (thrown) {
      if (attempt !== this.#attempt) return;
      this.#become({ state: 'failed', error: toGridError(thrown, 'unreachable') });
    }
  }

  #follow(session: Session, attempt: number): void {
    const { grid } = session;
    this.#become({ state: 'open', session, link: grid.state });
    grid.on('state', (link) => {
      if (attempt === this.#attempt) this.#become({ state: 'open', session, link });
    });
  }

  #closeGrid(): void {
    if (this.#connection.state === 'open') void this.#connection.session.grid.close(); // nobody waits for it
  }

  #become(connection: Connection): void {
    this.#connection = connection;
    for (const listener of this.#listeners) listener();
  }
}
