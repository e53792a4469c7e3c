const VIEWS_MAX = 20;
const QUERY_CHARS_MAX = 500;

/** Queries that somebody wants at hand. What a browser keeps may be anything: what is no list of them is none. */
export function parseViews(kept: string | null): readonly string[] {
  try {
    const list: unknown = JSON.parse(kept ?? '[]');
    if (!Array.isArray(list)) return [];
    return list.filter(isView).slice(0, VIEWS_MAX);
  } catch {
    return [];
  }
}

function isView(query: unknown): query is string {
  return typeof query === 'string' && query.length > 0 && query.length <= QUERY_CHARS_MAX;
}

/** With this one as the last; the first go where there are too many. */
export function withView(views: readonly string[], query: string): readonly string[] {
  const others = withoutView(views, query);
  return isView(query) ? [...others, query].slice(-VIEWS_MAX) : others;
}

export function withoutView(views: readonly string[], query: string): readonly string[] {
  return views.filter((view) => view !== query);
}
