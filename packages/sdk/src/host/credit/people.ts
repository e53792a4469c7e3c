import { base32, GridError, LIMITS, type VolunteerId } from '@manytabs/protocol';
import { randomBytes } from '../../identity/crypto.ts';
import { codeRecord, deviceRecord, type PersonRecord, personRecord } from './records.ts';
import type { Shelf } from './shelf.ts';

const CODE_MS = 10 * 60_000;
const CODE_CHARS = 10;
const ALONE: PersonRecord = { name: '', team: '', isListed: false, devices: [] };

export interface LinkCode {
  readonly code: string;
  readonly until: number;
}

/** Donors, each with its devices. A device is a volunteer; who never names itself and joins nothing is on no list. */
export class People {
  readonly #shelf: Shelf;
  readonly #now: () => number;

  constructor(shelf: Shelf, now: () => number) {
    this.#shelf = shelf;
    this.#now = now;
  }

  async of(device: VolunteerId): Promise<PersonRecord | undefined> {
    const id = await this.#idOf(device);
    const person = id === undefined ? undefined : await this.#read(id);
    return person?.devices.includes(device) ? person : undefined;
  }

  async setProfile(
    device: VolunteerId,
    { name, team, isListed }: Pick<PersonRecord, 'name' | 'team' | 'isListed'>,
  ): Promise<void> {
    const id = await this.#ensure(device);
    const profile = { name: plain(name), team: plain(team), isListed };
    await this.#change(id, (person) => ({ ...person, ...profile }));
  }

  /** For one other device, within ten minutes. */
  async newCode(device: VolunteerId): Promise<LinkCode> {
    const person = await this.#ensure(device);
    const code = base32(randomBytes(8), CODE_CHARS);
    const until = this.#now() + CODE_MS;
    await this.#shelf.change('code', code, codeRecord, () => ({ person, until }));
    return { code, until };
  }

  /** @throws {GridError} `input-invalid`, `quota-exceeded` */
  async join(device: VolunteerId, typed: string): Promise<void> {
    const code = typed.toLowerCase().replace(/[^a-z2-7]/g, '');
    let found: { person: string; until: number } | undefined;
    // Whoever takes it away has it: a code is for one.
    await this.#shelf.change('code', code, codeRecord, (before) => {
      found = before;
      return undefined;
    });
    if (!found || found.until < this.#now())
      throw new GridError('input-invalid', 'No device gave this code in the last ten minutes.');
    const { person } = found;
    if ((await this.#idOf(device)) !== person) await this.leave(device);
    await this.#change(person, (before) => withDevice(before, device));
    await this.#shelf.change('device', device, deviceRecord, () => ({ person }));
  }

  async leave(device: VolunteerId): Promise<void> {
    const id = await this.#idOf(device);
    if (id === undefined) return;
    await this.#shelf.change('device', device, deviceRecord, () => undefined);
    await this.#shelf.change('person', id, personRecord, (before) => {
      const devices = before?.devices.filter((other) => other !== device) ?? [];
      return before && devices.length > 0 ? { ...before, devices } : undefined;
    });
  }

  /** Those who want to be seen. */
  async *listed(): AsyncGenerator<PersonRecord> {
    for await (const [, person] of this.#shelf.all('person', personRecord))
      if (person.isListed && person.name !== '') yield person;
  }

  /** Codes that nobody used. */
  async sweep(): Promise<void> {
    for await (const [code, { until }] of this.#shelf.all('code', codeRecord))
      if (until < this.#now()) await this.#shelf.change('code', code, codeRecord, () => undefined);
  }

  async #idOf(device: VolunteerId): Promise<string | undefined> {
    return (await this.#shelf.get('device', device, deviceRecord))?.person;
  }

  #read(id: string): Promise<PersonRecord | undefined> {
    return this.#shelf.get('person', id, personRecord);
  }

  async #ensure(device: VolunteerId): Promise<string> {
    const known = await this.#idOf(device);
    if (known !== undefined) return known;
    const id = base32(randomBytes(10), 16);
    await this.#change(id, (before) => withDevice(before, device));
    await this.#shelf.change('device', device, deviceRecord, () => ({ person: id }));
    return id;
  }

  async #change(id: string, change: (before: PersonRecord) => PersonRecord): Promise<void> {
    await this.#shelf.change('person', id, personRecord, (before = ALONE) => change(before));
  }
}

/** @throws {GridError} `quota-exceeded` */
function withDevice(person: PersonRecord, device: VolunteerId): PersonRecord {
  if (person.devices.includes(device)) return person;
  if (person.devices.length >= LIMITS.DEVICES_PER_DONOR_MAX)
    throw new GridError('quota-exceeded', 'This donor has as many devices as one may have.');
  return { ...person, devices: [...person.devices, device] };
}

/** Without signs that steer a terminal, turn the direction of text, or only look empty. */
function plain(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}
