import { type ReactNode, useEffect, useRef, useState } from 'react';
import { visible } from '../../model/value-text.ts';

export interface ShownSecret {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

interface SecretProps {
  readonly secret: ShownSecret;
  readonly onDone: () => void;
}

/** A token's text, this once: the page keeps it nowhere. */
export function Secret({ secret, onDone }: SecretProps): ReactNode {
  const box = useRef<HTMLElement>(null);
  const [said, setSaid] = useState('Copy');
  // biome-ignore lint/correctness/useExhaustiveDependencies: another token is another thing to read.
  useEffect(() => box.current?.focus(), [secret.id]);
  const copy = () =>
    navigator.clipboard.writeText(secret.token).then(
      () => setSaid('Copied'),
      () => setSaid('Copy it by hand'),
    );
  return (
    <section className="card secret stack" ref={box} tabIndex={-1} aria-labelledby="secret-title">
      <h2 id="secret-title">Token {visible(secret.name) || secret.id}</h2>
      <p>It is shown this once and kept nowhere: copy it now.</p>
      <div className="row">
        <code className="secret-text">{secret.token}</code>
        {navigator.clipboard ? (
          <button type="button" className="small" onClick={() => void copy()}>
            <span aria-live="polite">{said}</span>
          </button>
        ) : null}
        <button type="button" className="small" onClick={onDone}>
          I have it
        </button>
      </div>
    </section>
  );
}
