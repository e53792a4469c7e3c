import { type ReactNode, useEffect, useRef, useState } from 'react';
import { visible } from '../../model/value-text.ts';

export interface ShownSecret {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

const ONCE = 'It is shown this once and kept nowhere: copy it now.';

interface SecretProps {
  readonly secret: ShownSecret;
  /** What it is, what to do with it, and how it is written, where that is not the plain token. */
  readonly what?: string;
  readonly says?: string;
  readonly text?: string;
  readonly onDone: () => void;
}

/** A token's text, this once: the page keeps it nowhere. */
export function Secret(props: SecretProps): ReactNode {
  const { secret, onDone, what = 'Token', says = ONCE, text = secret.token } = props;
  const box = useRef<HTMLElement>(null);
  const [said, setSaid] = useState('Copy');
  // biome-ignore lint/correctness/useExhaustiveDependencies: another token is another thing to read.
  useEffect(() => box.current?.focus(), [secret.id]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('Copy it by hand'),
    );
  return (
    <section className="card secret stack" ref={box} tabIndex={-1} aria-labelledby="secret-title">
      <h2 id="secret-title">
        {what} {visible(secret.name) || secret.id}
      </h2>
      <p>{says}</p>
      <div className="row">
        <code className="secret-text">{text}</code>
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
