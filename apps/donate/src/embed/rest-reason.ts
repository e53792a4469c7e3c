/** What the frame knows of the device and of how it is seen. Undefined: this browser does not tell. */
export interface FrameFacts {
  readonly isHidden: boolean;
  readonly isSmall: boolean;
  readonly isSeen: boolean;
  readonly onBattery: boolean | undefined;
  readonly savesData: boolean | undefined;
  readonly isPressed: boolean | undefined;
}

export type RestReason = 'hidden' | 'small' | 'covered' | 'battery' | 'saved-data' | 'pressure';

/** Why an embedded tab that was agreed to must not compute now; a site cannot change these. */
export function restReason(facts: FrameFacts): RestReason | undefined {
  if (facts.isHidden) return 'hidden';
  if (facts.isSmall) return 'small';
  if (!facts.isSeen) return 'covered';
  if (facts.onBattery) return 'battery';
  if (facts.savesData) return 'saved-data';
  return facts.isPressed ? 'pressure' : undefined;
}

export const LEAST_SIZE = { width: 160, height: 48 } as const;

/** A click counts if a person made it on a button that was in full view, long enough to be read. */
export const SEEN_MS_MIN = 500;

export function isMeant(
  click: { readonly isTrusted: boolean },
  facts: Pick<FrameFacts, 'isHidden' | 'isSmall' | 'isSeen'>,
  seenMs: number,
): boolean {
  const isPlain = facts.isSeen && !facts.isHidden && !facts.isSmall;
  return click.isTrusted && isPlain && seenMs >= SEEN_MS_MIN;
}
