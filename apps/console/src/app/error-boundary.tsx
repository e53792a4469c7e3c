import { type GridError, toGridError } from '@manytabs/protocol';
import { Component, type ReactNode } from 'react';
import { ErrorNotice } from '../components/notice.tsx';

interface ErrorBoundaryProps {
  readonly children: ReactNode;
}

/** Keeps the header and a way out when a page cannot be drawn. Give it the page's key, so that the next one is tried. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: GridError | undefined }> {
  override state: { error: GridError | undefined } = { error: undefined };

  static getDerivedStateFromError(thrown: unknown) {
    return { error: toGridError(thrown, 'closed') };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="page">
        <h1>This page could not be drawn</h1>
        <ErrorNotice error={error} />
        <p>
          <a href="#/">All jobs</a>
        </p>
      </div>
    );
  }
}
