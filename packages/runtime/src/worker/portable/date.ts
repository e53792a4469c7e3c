const PARTS = ['FullYear', 'Month', 'Date', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'];
/** A date and a time without a zone, which the language reads in the zone of the machine. */
const ZONELESS = /^([+-]\d{6}|\d{4})(-\d\d){0,2}T\d\d:\d\d(:\d\d(\.\d+)?)?$/;

/**
 * A `Date` that knows no time zone but UTC and no locale; `now` gives the time, in ms since 1970. It shares the
 * prototype of `Native`, whose methods are changed.
 */
export function portableDate(Native: DateConstructor, now: () => number): DateConstructor {
  const construct = (given: readonly unknown[]): Date => {
    if (given.length === 0) return new Native(now());
    if (given.length > 1) return new Native(Native.UTC(...(given as [number, number])));
    const [value] = given;
    return new Native(typeof value === 'string' ? parse(value) : (value as number));
  };
  const parse = (text: string): number => {
    if (ZONELESS.test(text)) return Native.parse(`${text}Z`);
    const inUtc = Native.parse(`${text} UTC`);
    return Number.isNaN(inUtc) ? Native.parse(text) : inUtc;
  };
  function PortableDate(...given: unknown[]): Date | string {
    if (!new.target) return new Native(now()).toString();
    return Object.setPrototypeOf(construct(given), new.target.prototype);
  }
  const { prototype } = Native;
  installUtc(prototype);
  // What it gives prints itself in the zone and the locale of the machine.
  Reflect.deleteProperty(prototype, 'toTemporalInstant');
  prototype.constructor = PortableDate;
  const statics = { prototype, now: () => Math.trunc(now()), parse, UTC: Native.UTC };
  for (const [name, value] of Object.entries(statics))
    Object.defineProperty(PortableDate, name, { value, writable: name !== 'prototype' });
  Object.defineProperty(PortableDate, 'name', { value: 'Date' });
  return PortableDate as unknown as DateConstructor;
}

function installUtc(prototype: Date): void {
  const methods = prototype as unknown as Record<string, unknown>;
  for (const part of [...PARTS, 'Day']) methods[`get${part}`] = methods[`getUTC${part}`];
  for (const part of PARTS) methods[`set${part}`] = methods[`setUTC${part}`];
  const iso = (date: Date) => date.toISOString();
  const texts: Readonly<Record<string, (date: Date) => unknown>> = {
    getTimezoneOffset: () => 0,
    getYear: (date) => date.getUTCFullYear() - 1900,
    toDateString: dateText,
    toTimeString: timeText,
    toString: (date: Date) => `${dateText(date)} ${timeText(date)}`,
    toLocaleDateString: (date) => iso(date).slice(0, -14),
    toLocaleTimeString: (date) => iso(date).slice(-13, -5),
    toLocaleString: (date: Date) => `${iso(date).slice(0, -14)} ${iso(date).slice(-13, -5)}`,
  };
  for (const [name, text] of Object.entries(texts)) {
    methods[name] = function (this: Date) {
      const isText = name.startsWith('to');
      return isText && Number.isNaN(this.getTime()) ? 'Invalid Date' : text(this);
    };
  }
}

/** `Thu Jan 01 1970`, out of `Thu, 01 Jan 1970 00:00:00 GMT`. */
function dateText(date: Date): string {
  const [weekday, day, month, year] = date.toUTCString().split(/,? /);
  return `${weekday} ${month} ${day} ${year}`;
}

function timeText(date: Date): string {
  return `${date.toUTCString().split(' ')[4]} GMT+0000 (Coordinated Universal Time)`;
}
