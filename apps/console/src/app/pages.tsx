import type { JobId } from '@manytabs/protocol';
import { lazy, type ReactNode, Suspense } from 'react';
import { Empty, Loading } from '../components/empty.tsx';
import { HomePage } from '../pages/home/home-page.tsx';
import { NodesPage } from '../pages/nodes/nodes-page.tsx';
import type { Route } from './route.ts';

const JobPage = lazy(async () => ({
  default: (await import('../pages/job/job-page.tsx')).JobPage,
}));
const NewJobPage = lazy(() => import('../pages/new-job/new-job-page.tsx'));
const TokensPage = lazy(() => import('../pages/owner/tokens-page.tsx'));
const SitesPage = lazy(() => import('../pages/owner/sites-page.tsx'));
const AuditPage = lazy(() => import('../pages/owner/audit-page.tsx'));
const OsPage = lazy(() => import('../pages/os/os-page.tsx'));
const FilesPage = lazy(() => import('../pages/files/files-page.tsx'));

/** The page a route names. */
export function Pages({ route }: { readonly route: Route }): ReactNode {
  switch (route.page) {
    case 'jobs':
      return <HomePage query={route.query} />;
    case 'new':
      return (
        <Suspense fallback={<Loading what="the editor" />}>
          <NewJobPage />
        </Suspense>
      );
    case 'nodes':
      return <NodesPage />;
    case 'files':
      return (
        <Suspense fallback={<Loading what="the files" />}>
          <FilesPage path={route.path} />
        </Suspense>
      );
    case 'tokens':
      return (
        <Suspense fallback={<Loading what="the tokens" />}>
          <TokensPage />
        </Suspense>
      );
    case 'sites':
      return (
        <Suspense fallback={<Loading what="the sites" />}>
          <SitesPage />
        </Suspense>
      );
    case 'audit':
      return (
        <Suspense fallback={<Loading what="the audit log" />}>
          <AuditPage query={route.query} />
        </Suspense>
      );
    case 'os':
      return (
        <Suspense fallback={<Loading what="the overview" />}>
          <OsPage panel={route.panel} />
        </Suspense>
      );
    case 'job':
      // The route's pattern is that of job ids.
      return (
        <Suspense fallback={<Loading what="the job" />}>
          <JobPage key={route.jobId} jobId={route.jobId as JobId} tab={route.tab} />
        </Suspense>
      );
    case 'unknown':
      return (
        <Empty title="There is no such page." page>
          <a href="#/">Go to the jobs</a>
        </Empty>
      );
  }
}
