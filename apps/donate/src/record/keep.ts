// Loaded with Start: before it, the page has nothing that could store.

/** Keeps a value for the next visit, where the browser lets the page. */
export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Refused or full: it lasts as long as the page.
  }
}

/** Removes everything that this origin has stored in this browser; where it may store nothing, there is nothing. */
export async function forgetAll(): Promise<void> {
  await forgetStored().catch(() => {});
}

async function forgetStored(): Promise<void> {
  localStorage.clear();
  const databases = (await indexedDB.databases?.()) ?? [];
  for (const { name } of databases) if (name) indexedDB.deleteDatabase(name);
  const cached = (await globalThis.caches?.keys()) ?? [];
  for (const key of cached) await caches.delete(key);
  const registrations = await navigator.serviceWorker?.getRegistrations();
  for (const registration of registrations ?? []) await registration.unregister();
}
