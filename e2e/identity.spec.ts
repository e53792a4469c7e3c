import { volunteerAddress } from '../apps/cli/src/headless-tabs.ts';
import { expect, test } from './fixtures.ts';

test('[AC16] a tab that comes back is the same volunteer, by a key that no script can read', async ({
  grid,
  openTab,
}) => {
  const first = await openTab();
  await first.page.close();
  const page = await first.context.newPage();
  await page.goto(volunteerAddress(grid.ready.volunteer, { workers: 1 }));
  await page.click('#start');
  const root = page.locator('html');
  await expect(root).toHaveAttribute('data-volunteer', first.volunteer);
  const key = await page.evaluate(readKey);
  expect(key).toEqual({ extractable: false, usages: ['sign'], text: '' });
});

test('[AC18] over WebRTC a browser and the coordinator see the same two certificates', async ({
  openTab,
}) => {
  const { page } = await openTab();
  await expect(page.locator('html')).toHaveAttribute('data-road', 'webrtc');
});

/** Runs in the page: what of its key a script could take away. */
function readKey(): Promise<{ extractable: boolean; usages: string[]; text: string }> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('manytabs-identity');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const asked = opening.result.transaction('keys').objectStore('keys').get(0);
      asked.onsuccess = () => {
        const { extractable, usages } = asked.result.privateKey as CryptoKey;
        const text = Object.keys(localStorage).filter((name) => name.startsWith('manytabs-key'));
        resolve({ extractable, usages: [...usages], text: text.join() });
      };
    };
  });
}
