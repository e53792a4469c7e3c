import { fileURLToPath } from 'node:url';
import { launchBrowser } from '@manytabs/browser';
import {
  bundleScript,
  type FileServer,
  type Served,
  scriptPage,
  serve,
} from '@manytabs/browser/testing';
import type { Browser, Page } from '@playwright/test';
import { buildSandboxHtml } from '../build/sandbox-html.ts';
import type { GridPage } from './page.ts';

declare global {
  /** In the page of a browser test; see page.ts. */
  var grid: GridPage;
}

export interface Stage {
  readonly browser: Browser;
  readonly server: FileServer;
  /** A page that has `grid`. */
  open(path?: string): Promise<Page>;
  close(): Promise<void>;
}

/** The policy a page of the grid lives under: it may frame the sandbox page and nothing else. */
function pagePolicy(): string {
  return "default-src 'none'; script-src 'self'; connect-src 'self'; frame-src {host}/sandbox.html";
}

/** A browser, and a server with the sandbox page and a page that drives it. `more` adds files. */
export async function setupStage(
  more: Readonly<Record<string, Served>> = {},
  flags: readonly string[] = [],
): Promise<Stage> {
  const entry = fileURLToPath(new URL('page.ts', import.meta.url));
  const html = 'text/html; charset=utf-8';
  const server = await serve({
    '/': { type: html, body: scriptPage('/page.js'), policy: pagePolicy() },
    '/page.js': { type: 'text/javascript', body: await bundleScript(entry) },
    '/sandbox.html': { type: html, body: await buildSandboxHtml() },
    ...more,
  });
  const browser = await launchBrowser({ flags });
  return {
    browser,
    server,
    open: async (path = '/') => {
      const page = await browser.newPage();
      await page.goto(server.origin + path);
      return page;
    },
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
