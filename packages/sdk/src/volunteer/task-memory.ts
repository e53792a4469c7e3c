/** A tab that takes more than a quarter of its device is ended by it. */
const SHARE = 1 / 4;
const LEAST_MB = 64;

/** What this device gives one task, in MiB; undefined where the browser does not say what it has. */
export function taskMemory(device: { readonly deviceMemory?: number } = deviceOf()) {
  const { deviceMemory: gib } = device;
  if (gib === undefined || !(gib > 0)) return undefined;
  return Math.max(LEAST_MB, Math.floor(gib * 1024 * SHARE));
}

function deviceOf(): { readonly deviceMemory?: number } {
  return (globalThis as { navigator?: { readonly deviceMemory?: number } }).navigator ?? {};
}
