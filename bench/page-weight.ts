import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';

export interface Weight {
  readonly all: number;
  readonly script: number;
  readonly picture: number;
}

/** What a page fetches, gzipped, until `isThere` holds and the network is quiet. */
export async function pageWeight(
  browser: Browser,
  url: string,
  isThere?: (page: Page) => Promise<unknown>,
): Promise<Weight> {
  const context = await browser.newContext();
  const tab = await context.newPage();
  const weight = { all: 0, script: 0, picture: 0 };
  const bodies: Promise<void>[] = [];
  tab.on('response', (response) => {
    bodies.push(
      response.body().then((body) => {
        const bytes = gzipSync(body).length;
        weight.all += bytes;
        const kind = response.request().resourceType();
        if (kind === 'script') weight.script += bytes;
        if (kind === 'image') weight.picture += bytes;
      }),
    );
  });
  await tab.goto(url, { waitUntil: 'networkidle' });
  await isThere?.(tab);
  await Promise.all(bodies);
  await context.close();
  return weight;
}
