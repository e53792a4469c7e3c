import {
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { DonationPanel, DonationStrip } from '../components/donation-panel.tsx';
import { Loading } from '../components/empty.tsx';
import { Header } from '../components/header.tsx';
import { HostBanner } from '../components/host-banner.tsx';
import { Invitation } from '../components/invitation.tsx';
import { KeyboardSheet } from '../components/keyboard-sheet.tsx';
import { LinkBanner } from '../components/link-banner.tsx';
import { Sheet } from '../components/sheet.tsx';
import { StallBanner } from '../components/stall-banner.tsx';
import { ConnectFailedPage, TokenPage } from '../pages/connect/connect-page.tsx';
import { HostEnded, HostOpening } from '../pages/connect/host-page.tsx';
import { DonationContext } from './donation-context.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { HOST_TOKEN, type Hosting, type HostingState } from './hosting.ts';
import { HostingContext } from './hosting-context.ts';
import type { OwnDonationStore } from './own-donation.ts';
import { Pages } from './pages.tsx';
import { type Route, routeHref } from './route.ts';
import type { LoadSamples } from './samples.ts';
import { SamplesContext } from './samples-context.ts';
import type { Connection, Connector } from './session.ts';
import { AnnounceContext, SessionContext } from './session-context.ts';
import type { Shortcut } from './shortcuts.ts';
import { storedToken, storeToken } from './token.ts';
import { useRoute } from './use-route.ts';
import { useShortcuts } from './use-shortcuts.ts';
import './app.css';

const loadPalette = () => import('../components/palette.tsx');
const Palette = lazy(loadPalette);

export interface AppProps {
  readonly connector: Connector;
  readonly donation: OwnDonationStore;
  readonly hosting: Hosting;
  readonly loadSamples: LoadSamples;
}

type OpenSheet = 'keys' | 'invite' | 'palette' | undefined;

export function App({ connector, donation, hosting, loadSamples }: AppProps): ReactNode {
  const connection = useSyncExternalStore(connector.subscribe, connector.getConnection);
  const host = useSyncExternalStore(hosting.subscribe, hosting.get).state;
  const route = useRoute();
  const [sheet, setSheet] = useState<OpenSheet>();
  const [said, setSaid] = useState('');
  useShortcuts(
    useCallback(
      (shortcut) => {
        // What is typed while a sheet is on its way is meant for the sheet.
        if (sheet === undefined) follow(shortcut, setSheet);
      },
      [sheet],
    ),
  );
  useFocusOnNewPage(placeOf(route));
  const open = connection.state === 'open' && host !== 'ended';
  useEffect(fetchPaletteEarly, []);
  const reconnect = () => void connector.open(storedToken()); // failures become the connection's state
  const page = (
    <>
      <button type="button" className="skip-link" onClick={skipToMain}>
        Skip to the content
      </button>
      <Header
        page={open ? route.page : undefined}
        connected={open}
        onKeys={() => setSheet('keys')}
        onInvite={() => setSheet('invite')}
        onPalette={() => setSheet('palette')}
      />
      {open ? <LinkBanner link={connection.link} onReconnect={reconnect} /> : null}
      {open ? <StallBanner /> : null}
      {open ? <HostBanner /> : null}
      <DonationStrip />
      <main id="main" tabIndex={-1}>
        {open ? (
          <ErrorBoundary key={placeOf(route)}>
            <Pages route={route} />
          </ErrorBoundary>
        ) : (
          <Closed connection={connection} connector={connector} host={host} />
        )}
      </main>
      <div className="visually-hidden" aria-live="polite">
        {said}
      </div>
      {sheet === 'keys' ? <KeyboardSheet onClose={() => setSheet(undefined)} /> : null}
      {sheet === 'palette' && open ? (
        <Suspense>
          <Palette onClose={() => setSheet(undefined)} onSheet={setSheet} />
        </Suspense>
      ) : null}
      {sheet === 'invite' ? (
        <Sheet title="Invite volunteers" onClose={() => setSheet(undefined)}>
          <Invitation />
          <DonationPanel />
        </Sheet>
      ) : null}
    </>
  );
  const session = open ? connection.session : undefined;
  return (
    <SessionContext value={session}>
      <DonationContext value={donation}>
        <HostingContext value={hosting}>
          <SamplesContext value={useMemo(() => once(loadSamples), [loadSamples])}>
            <AnnounceContext value={setSaid}>{page}</AnnounceContext>
          </SamplesContext>
        </HostingContext>
      </DonationContext>
    </SessionContext>
  );
}

/** A query changes what a page shows, and keeps the page. */
function placeOf(route: Route): string {
  return JSON.stringify({ ...route, query: undefined });
}

/** Whoever holds Ctrl or ⌘ down may want it: it is there by the time of the K, and costs others nothing. */
function fetchPaletteEarly(): () => void {
  const onKey = ({ key }: KeyboardEvent) => {
    if (key !== 'Control' && key !== 'Meta') return;
    loadPalette().catch(() => undefined); // if it cannot be had now, opening it tries again
    removeEventListener('keydown', onKey);
  };
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}

/** Reading and tabbing go on in the page that was gone to, and not in a link that has gone. */
function useFocusOnNewPage(place: string): void {
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [place]);
}

/** A button and no link, since the fragment is the page's address. */
function skipToMain(): void {
  document.getElementById('main')?.focus();
}

interface ClosedProps {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly host: HostingState['state'];
}

function Closed({ connection, connector, host }: ClosedProps): ReactNode {
  const takeToken = (token: string) => {
    storeToken(token);
    void connector.open(token); // failures become the connection's state
  };
  const startHosting = () => takeToken(HOST_TOKEN);
  if (host === 'ended' && connection.state !== 'failed') return <HostEnded onHost={startHosting} />;
  switch (connection.state) {
    case 'token-missing':
      return <TokenPage onToken={takeToken} onHost={startHosting} />;
    case 'failed':
      return (
        <ConnectFailedPage
          error={connection.error}
          onRetry={() => void connector.open(storedToken())}
          onToken={takeToken}
        />
      );
    default:
      return host === 'off' ? <Loading what="the grid" /> : <HostOpening />;
  }
}

function once(load: LoadSamples): LoadSamples {
  let loaded: ReturnType<LoadSamples> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

function follow(shortcut: Shortcut, setSheet: (sheet: OpenSheet) => void): void {
  switch (shortcut) {
    case 'keys':
    case 'palette':
      return setSheet(shortcut);
    case 'filter':
      return document.querySelector<HTMLElement>('[data-filter]')?.focus();
    case 'next':
      return focusListed(1);
    case 'previous':
      return focusListed(-1);
    case 'files':
      location.hash = routeHref({ page: 'files', path: '/' });
      return;
    default:
      location.hash = routeHref({ page: shortcut });
  }
}

/** Moves the focus among the links of a list that are on the page. */
function focusListed(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-listed]')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))];
  next?.focus();
}
