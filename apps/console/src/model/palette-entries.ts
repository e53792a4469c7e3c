import type { JobView } from '@manytabs/protocol';
import { OS_PANELS, routeHref } from '../app/route.ts';
import { findJobs, parseJobQuery } from './job-query.ts';
import { visible } from './value-text.ts';

/** Somewhere to go, or something to open. */
export interface PaletteEntry {
  readonly group: 'Pages' | 'Jobs' | 'Files' | 'Actions';
  readonly title: string;
  /** Its keys, or its state. */
  readonly hint: string;
  readonly to: { readonly href: string } | { readonly sheet: 'keys' | 'invite' };
}

const JOBS_MAX = 20;

const PAGES: readonly PaletteEntry[] = [
  page('Jobs', 'g j', routeHref({ page: 'jobs' })),
  page('New job', 'n', routeHref({ page: 'new' })),
  page('Files', 'g f', routeHref({ page: 'files', path: '/' })),
  page('Nodes', 'g n', routeHref({ page: 'nodes' })),
  page('Overview: one computer', 'g o', routeHref({ page: 'os' })),
  ...OS_PANELS.map((panel) => page(`Overview: ${panel}`, '', routeHref({ page: 'os', panel }))),
  page('Tokens', 'g t', routeHref({ page: 'tokens' })),
  page('Sites with the widget', '', routeHref({ page: 'sites' })),
  page('Audit log', 'g a', routeHref({ page: 'audit' })),
  page('Jobs that run', '', routeHref({ page: 'jobs', query: 'state:running' })),
  page('Jobs that failed', '', routeHref({ page: 'jobs', query: 'state:failed,partial' })),
];

const ACTIONS: readonly PaletteEntry[] = [
  { group: 'Actions', title: 'Invite volunteers', hint: '', to: { sheet: 'invite' } },
  { group: 'Actions', title: 'Keyboard shortcuts', hint: '?', to: { sheet: 'keys' } },
];

/** What fits the typed words: pages and actions by all of them, jobs by the query they make, files by a path. */
export function paletteEntries(typed: string, jobs: readonly JobView[]): readonly PaletteEntry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const isWanted = ({ title }: PaletteEntry) =>
    words.every((word) => title.toLowerCase().includes(word));
  const found = findJobs(jobs, parseJobQuery(typed)).slice(0, JOBS_MAX).map(jobEntry);
  return [...PAGES.filter(isWanted), ...found, ...pathEntry(typed), ...ACTIONS.filter(isWanted)];
}

function page(title: string, hint: string, href: string): PaletteEntry {
  return { group: 'Pages', title, hint, to: { href } };
}

function jobEntry({ jobId, name, state }: JobView): PaletteEntry {
  const href = routeHref({ page: 'job', jobId });
  return { group: 'Jobs', title: visible(name) || jobId, hint: state, to: { href } };
}

function pathEntry(typed: string): readonly PaletteEntry[] {
  const path = typed.trim();
  if (!path.startsWith('/')) return [];
  const href = routeHref({ page: 'files', path });
  return [{ group: 'Files', title: visible(path), hint: 'open', to: { href } }];
}
