import { type ReactNode, useState } from 'react';
import { useHosting } from '../app/hosting-context.ts';
import { Notice } from './notice.tsx';
import { QrCode } from './qr-code.tsx';
import './invitation.css';

/** Where a volunteer goes: the root of the server this page came from. */
export function volunteerAddress(page: string): string {
  return new URL('/', page).href;
}

/** Whether the address means something else on every machine. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** The volunteers' address as a link, a code for phones, and something to copy. */
export function Invitation(): ReactNode {
  const hosting = useHosting();
  const address =
    hosting.state === 'hosting' ? hosting.volunteerUrl : volunteerAddress(location.href);
  const loopback = isLoopback(address);
  return (
    <div className="invitation">
      <QrCode text={address} />
      <div className="stack">
        <p>
          Whoever opens this address can lend a tab. Nothing runs before they press Start, and it
          ends when they close it.
        </p>
        <div className="row">
          <a href={address} target="_blank" rel="noreferrer" className="mono invitation-address">
            {address}
          </a>
          <CopyButton text={address} />
        </div>
        {loopback ? (
          <Notice tone="warn">
            This address works on this machine only. To invite others, start the grid with{' '}
            <code>--host 0.0.0.0</code> and open the console under the machine’s own name.
          </Notice>
        ) : null}
      </div>
    </div>
  );
}

function CopyButton({ text }: { readonly text: string }): ReactNode {
  const [said, setSaid] = useState('Copy');
  // A page on plain http has no clipboard; the link can be copied by hand there.
  if (!navigator.clipboard) return null;
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('Copy it by hand'),
    );
  return (
    <button type="button" className="small" onClick={() => void copy()}>
      <span aria-live="polite">{said}</span>
    </button>
  );
}
