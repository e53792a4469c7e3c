import { type ReactNode, useState } from 'react';
import { type Route, routeHref } from '../app/route.ts';
import { applyTheme, nextTheme, storedTheme } from '../app/theme.ts';
import { GridLine } from './grid-line.tsx';
import { Logo } from './logo.tsx';
import './header.css';

interface HeaderProps {
  readonly page: Route['page'] | undefined;
  readonly connected: boolean;
  readonly onKeys: () => void;
  readonly onInvite: () => void;
  readonly onPalette: () => void;
}

const LINKS = [
  [{ page: 'jobs' }, 'Jobs'],
  [{ page: 'new' }, 'New job'],
  [{ page: 'files', path: '/' }, 'Files'],
  [{ page: 'nodes' }, 'Nodes'],
  [{ page: 'os' }, 'Overview'],
] as const;

/** The same on every page. */
export function Header(props: HeaderProps): ReactNode {
  return (
    <header className="header">
      <a href="#/" className="brand">
        <Logo />
        manytabs
      </a>
      {props.connected ? <GridLine /> : <span className="grid-line">not connected</span>}
      {props.connected ? (
        <nav aria-label="Pages" className="header-nav">
          {LINKS.map(([route, title]) => (
            <a
              key={route.page}
              href={routeHref(route)}
              aria-current={isCurrent(props.page, route.page) ? 'page' : undefined}
            >
              {title}
            </a>
          ))}
        </nav>
      ) : null}
      <div className="header-tools">
        {props.connected ? (
          <>
            <button
              type="button"
              className="small"
              aria-label="Go to anything"
              aria-keyshortcuts="Control+K Meta+K"
              onClick={props.onPalette}
            >
              <span aria-hidden="true">⌕</span>
              <kbd className="palette-key">Ctrl K</kbd>
            </button>
            <button type="button" className="small" onClick={props.onInvite}>
              Invite
            </button>
          </>
        ) : null}
        <ThemeButton />
        <button
          type="button"
          className="small plain"
          aria-label="Keyboard shortcuts"
          onClick={props.onKeys}
        >
          ?
        </button>
      </div>
    </header>
  );
}

function isCurrent(page: Route['page'] | undefined, link: Route['page']): boolean {
  return page === link || (page === 'job' && link === 'jobs');
}

function ThemeButton(): ReactNode {
  const [theme, setTheme] = useState(storedTheme);
  const change = () => {
    const next = nextTheme(theme);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" className="small plain" onClick={change} aria-label={`Theme: ${theme}`}>
      <span aria-hidden="true">{{ auto: '◐', light: '☀', dark: '☾' }[theme]}</span>
      <span className="theme-word">{theme}</span>
    </button>
  );
}
