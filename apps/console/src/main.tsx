import './base.css';
import { must } from '@manytabs/protocol';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { LocalGridContext } from './app/local-grid-context.ts';
import { OwnDonationStore } from './app/own-donation.ts';
import { ReplayContext } from './app/replay-context.ts';
import { Connector } from './app/session.ts';
import { applyTheme, storedTheme } from './app/theme.ts';
import { moveTokenFromAddress } from './app/token.ts';
import { openServices, type Services } from './services.ts';

applyTheme(storedTheme());
void start(await services()); // its failures are states of the page

/** The real grid; in a development server `?fixture=…` stands in for it. */
async function services(): Promise<Services> {
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('fixture')) {
    return (await import('./fixture/fixture-services.ts')).fixtureServices();
  }
  return openServices();
}

async function start({
  connect,
  openDonation,
  hosting,
  openLocal,
  replay,
  loadSamples,
  token,
}: Services): Promise<void> {
  const connector = new Connector(connect);
  const donation = new OwnDonationStore(openDonation);
  const box = must(document.getElementById('app'), 'the page has a place for the console');
  createRoot(box).render(
    <LocalGridContext value={openLocal}>
      <ReplayContext value={replay}>
        <App
          connector={connector}
          donation={donation}
          hosting={hosting}
          loadSamples={loadSamples}
        />
      </ReplayContext>
    </LocalGridContext>,
  );
  addEventListener('hashchange', () => {
    // Somebody opened a console address with a token in a tab that shows the console already.
    if (location.hash.startsWith('#token=')) void connector.open(moveTokenFromAddress());
  });
  await connector.open(token ?? moveTokenFromAddress());
}
