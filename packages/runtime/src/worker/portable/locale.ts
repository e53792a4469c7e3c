interface Realm {
  readonly String: StringConstructor;
  readonly Number: NumberConstructor;
  readonly BigInt: BigIntConstructor;
}

/** What follows the locale of the volunteer's browser follows none: strings compare by their code units. */
export function installNoLocale(realm: Realm): void {
  const { prototype: text } = realm.String;
  const { toLowerCase, toUpperCase } = text;
  define(text, 'localeCompare', function (this: string, that: unknown): number {
    const [left, right] = [String(this), String(that)];
    if (left === right) return 0;
    return left < right ? -1 : 1;
  });
  define(text, 'toLocaleLowerCase', function (this: string): string {
    return toLowerCase.call(this);
  });
  define(text, 'toLocaleUpperCase', function (this: string): string {
    return toUpperCase.call(this);
  });
  for (const { prototype } of [realm.Number, realm.BigInt]) {
    const { toString: print } = prototype as number;
    define(prototype, 'toLocaleString', function (this: number): string {
      return print.call(this);
    });
  }
}

function define(holder: object, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, writable: true, configurable: true });
}
