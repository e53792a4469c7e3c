import type { GridError } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { useSession } from '../../app/session-context.ts';
import { Empty } from '../../components/empty.tsx';
import { ErrorNotice } from '../../components/notice.tsx';

/** What only the owner may; undefined on a grid that has no tokens. */
export function useOwner(): OwnerApi | undefined {
  const { grid } = useSession();
  if (!('tokens' in grid) || !('audit' in grid)) return undefined;
  return grid as OwnerApi;
}

/** A grid inside a tab ends with the tab. */
export function NoOwner({ title }: { readonly title: string }): ReactNode {
  return (
    <Empty title={title} page>
      This grid lives in a tab and keeps neither tokens nor a log.
    </Empty>
  );
}

/** Why the page stays empty, and whose it is. */
export function Refusal({ error }: { readonly error: GridError }): ReactNode {
  if (error.code !== 'token-refused') return <ErrorNotice error={error} />;
  return (
    <Empty title="This page is the owner’s.">
      The token of this tab may submit jobs and see its own. Open the console with the address that{' '}
      <code>npm start</code> prints, or with a token made by{' '}
      <code>manytabs token create --scope admin</code>.
    </Empty>
  );
}
