/** What happened, one row an event: hashed always, printed when somebody reads along. */
export class Trace {
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;
  #rows = 0;
  readonly #print: ((row: string) => void) | undefined;

  constructor(print?: ((row: string) => void) | undefined) {
    this.#print = print;
  }

  get rows(): number {
    return this.#rows;
  }

  /** `who` and the numbers go into the hash with the words; `more` is only for the reader. */
  add(
    at: number,
    what: string,
    who: number,
    a = 0,
    b = 0,
    more?: (() => string) | undefined,
  ): void {
    this.#rows++;
    for (let i = 0; i < what.length; i++) this.#mix(what.charCodeAt(i));
    this.#mix(at);
    this.#mix(who);
    this.#mix(a);
    this.#mix(b);
    if (!this.#print) return;
    const time = (at / 1000).toFixed(3).padStart(10);
    this.#print(`${time} ${what.padEnd(18)} #${who} ${a} ${b} ${more?.() ?? ''}`.trimEnd());
  }

  hash(): string {
    const text = (part: number) => (part >>> 0).toString(16).padStart(8, '0');
    return text(this.#high) + text(this.#low);
  }

  #mix(value: number): void {
    const low = value | 0;
    const high = Math.floor(value / 2 ** 32) | 0;
    this.#low = Math.imul(this.#low ^ low, 0x01000193) ^ (this.#low >>> 15);
    this.#high =
      Math.imul(this.#high ^ low ^ Math.imul(high, 31), 0x85ebca6b) ^ (this.#high >>> 13);
    this.#high = (this.#high + this.#low) | 0;
  }
}
