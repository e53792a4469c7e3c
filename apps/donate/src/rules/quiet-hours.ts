/** 168 signs, `1` where nothing computes: the hours of a week from Monday 0:00, in this device's own time. */
export type HoursText = string & { readonly __hours: true };

export const HOURS_A_WEEK = 168;
export const NO_QUIET_HOURS = '0'.repeat(HOURS_A_WEEK) as HoursText;

export function readHours(text: unknown): HoursText | undefined {
  const isGood = typeof text === 'string' && /^[01]{168}$/.test(text);
  return isGood ? (text as HoursText) : undefined;
}

export function weekHourOf(date: Date): number {
  return ((date.getDay() + 6) % 7) * 24 + date.getHours();
}

export function isQuiet(hours: HoursText, weekHour: number): boolean {
  return hours[weekHour] === '1';
}

export function toggleHour(hours: HoursText, weekHour: number): HoursText {
  const turned = isQuiet(hours, weekHour) ? '0' : '1';
  return `${hours.slice(0, weekHour)}${turned}${hours.slice(weekHour + 1)}` as HoursText;
}

/** Hours from `weekHour` to the next that is not quiet, 0 if it is not; undefined where all are. */
export function quietFor(hours: HoursText, weekHour: number): number | undefined {
  for (let ahead = 0; ahead < HOURS_A_WEEK; ahead++) {
    if (!isQuiet(hours, (weekHour + ahead) % HOURS_A_WEEK)) return ahead;
  }
  return undefined;
}
