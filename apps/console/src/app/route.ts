/** A place in the console; its address is the page's fragment. */
export type Route =
  | { readonly page: 'jobs'; readonly query?: string }
  | { readonly page: 'new' }
  | { readonly page: 'nodes' }
  | { readonly page: 'tokens' }
  | { readonly page: 'sites' }
  | { readonly page: 'audit'; readonly query?: string }
  | { readonly page: 'os'; readonly panel?: OsPanel }
  | { readonly page: 'job'; readonly jobId: string; readonly tab?: JobTab }
  | { readonly page: 'files'; readonly path: string }
  | { readonly page: 'unknown' };

/** The panels of the overview; each fills the page at an address of its own. */
export const OS_PANELS = ['workers', 'tasks', 'processes', 'stream', 'storage'] as const;
export type OsPanel = (typeof OS_PANELS)[number];

/** The details of a job, each at an address of its own. */
export const JOB_TABS = ['results', 'timeline', 'disagreements', 'errors', 'logs'] as const;
export type JobTab = (typeof JOB_TABS)[number];

const PLAIN = ['new', 'nodes', 'tokens', 'sites'] as const;

export function parseRoute(fragment: string): Route {
  const [path = '', search] = splitOnce(fragment.replace(/^#\/?/, ''), '?');
  const parts = path.split('/').filter((part) => part !== '');
  const [first, second] = parts;
  if (first === undefined) return { page: 'jobs', ...queryOf(search) };
  if (parts.length === 1) {
    if (first === 'jobs' || first === 'audit') return { page: first, ...queryOf(search) };
    const plain = PLAIN.find((page) => page === first);
    if (plain) return { page: plain };
  }
  if (first === 'os') return osRoute(parts.slice(1));
  if (first === 'jobs' && second && /^j[a-z2-7]{20}$/.test(second)) {
    return jobRoute(second, parts.slice(2));
  }
  if (first === 'files') return filesRoute(parts.slice(1));
  return { page: 'unknown' };
}

function splitOnce(text: string, mark: string): readonly [string, string?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function queryOf(search: string | undefined): { readonly query?: string } {
  const query = new URLSearchParams(search).get('q') ?? '';
  return query === '' ? {} : { query };
}

function osRoute(parts: readonly string[]): Route {
  const [name] = parts;
  if (name === undefined) return { page: 'os' };
  const panel = OS_PANELS.find((known) => known === name);
  return panel && parts.length === 1 ? { page: 'os', panel } : { page: 'unknown' };
}

function jobRoute(jobId: string, [name, ...more]: readonly string[]): Route {
  if (name === undefined) return { page: 'job', jobId };
  const tab = JOB_TABS.find((known) => known === name);
  return tab && more.length === 0 ? { page: 'job', jobId, tab } : { page: 'unknown' };
}

function filesRoute(parts: readonly string[]): Route {
  try {
    return { page: 'files', path: `/${parts.map(decodeURIComponent).join('/')}` };
  } catch {
    return { page: 'unknown' }; // an escape that stands for nothing
  }
}

export function routeHref(route: Exclude<Route, { page: 'unknown' }>): string {
  switch (route.page) {
    case 'jobs':
      return `#/${searchOf(route.query)}`;
    case 'audit':
      return `#/audit${searchOf(route.query)}`;
    case 'os':
      return route.panel ? `#/os/${route.panel}` : '#/os';
    case 'job':
      return route.tab ? `#/jobs/${route.jobId}/${route.tab}` : `#/jobs/${route.jobId}`;
    case 'files':
      return `#/files${route.path.split('/').map(encodeURIComponent).join('/')}`;
    default:
      return `#/${route.page}`;
  }
}

function searchOf(query: string | undefined): string {
  return query ? `?${new URLSearchParams({ q: query })}` : '';
}
