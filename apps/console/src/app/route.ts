/** A place in the console; its address is the page's fragment. */
export type Route =
  | { readonly page: 'jobs' }
  | { readonly page: 'new' }
  | { readonly page: 'nodes' }
  | { readonly page: 'job'; readonly jobId: string }
  | { readonly page: 'files'; readonly path: string }
  | { readonly page: 'unknown' };

export function parseRoute(fragment: string): Route {
  const parts = fragment
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '');
  const [first, second] = parts;
  if (first === undefined) return { page: 'jobs' };
  if (parts.length === 1 && (first === 'new' || first === 'nodes' || first === 'jobs')) {
    return { page: first };
  }
  if (first === 'jobs' && parts.length === 2 && second && /^j[a-z2-7]{20}$/.test(second)) {
    return { page: 'job', jobId: second };
  }
  if (first === 'files') return filesRoute(parts.slice(1));
  return { page: 'unknown' };
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
      return '#/';
    case 'job':
      return `#/jobs/${route.jobId}`;
    case 'files':
      return `#/files${route.path.split('/').map(encodeURIComponent).join('/')}`;
    default:
      return `#/${route.page}`;
  }
}
