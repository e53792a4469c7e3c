import type { GridError } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import { visible } from '../model/value-text.ts';
import './notice.css';

interface NoticeProps {
  readonly tone: 'bad' | 'warn' | 'info';
  readonly children: ReactNode;
}

/** A sentence set apart, with a sign for its tone. */
export function Notice({ tone, children }: NoticeProps): ReactNode {
  const sign = tone === 'info' ? 'i' : '!';
  return (
    <div className={`notice notice-${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <span className="notice-sign" aria-hidden="true">
        {sign}
      </span>
      <div>{children}</div>
    </div>
  );
}

/** What failed, its code, and what to do next. */
export function ErrorNotice({ error }: { readonly error: GridError }): ReactNode {
  return (
    <Notice tone="bad">
      <p>{visible(error.message)}</p>
      <p className="notice-hint">
        {error.hint} <code>{error.code}</code>
      </p>
    </Notice>
  );
}
