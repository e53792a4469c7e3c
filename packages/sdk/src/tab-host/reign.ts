/**
 * One tab of a browser hosts at a time: the others wait behind a Web Lock, which the browser passes on when the tab that
 * holds it closes. A page of plain http has no locks; there the epoch alone decides, and the newest tab reigns.
 */
export function reign(
  name: string,
  signal: AbortSignal,
  onWaiting: () => void,
): Promise<() => void> {
  const { locks } = navigator;
  if (!locks) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    const held = (): Promise<void> => new Promise((release) => resolve(release));
    const request = async () => {
      const isFree = await locks.request(name, { ifAvailable: true }, (lock) => lock && held());
      if (isFree !== null) return;
      onWaiting();
      await locks.request(name, { signal }, held);
    };
    request().catch(reject);
  });
}
