const HOUR_MS = 3_600_000;
/** Watts that a busy core draws more than one at rest. */
const WATTS = { handheld: [1, 4], other: [3, 12] } as const;

/** Watt-hours, as a range: no browser tells what its device draws. */
export function energyOf(
  busyMs: number,
  device: { readonly handheld: boolean },
): { readonly least: number; readonly most: number } {
  const [least, most] = device.handheld ? WATTS.handheld : WATTS.other;
  const hours = busyMs / HOUR_MS;
  return { least: least * hours, most: most * hours };
}
