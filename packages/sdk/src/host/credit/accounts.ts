import type { JournalRecord } from '@manytabs/kernel';
import {
  type AccountOperation,
  type AccountView,
  type Credit,
  GridError,
  type KeyValue,
  type SessionId,
  toGridError,
  unreachable,
  type VolunteerId,
  type VolunteerMessage,
} from '@manytabs/protocol';
import { TokenBucket } from '@manytabs/transport';
import type { CoordinatorHost } from '../coordinator-host.ts';
import { CreditBook } from './credit-book.ts';
import { type LinkCode, People } from './people.ts';
import { appealRecord, type PersonRecord } from './records.ts';
import { Shelf } from './shelf.ts';
import { PublicStatistics } from './statistics.ts';

type Ask = Extract<VolunteerMessage, { type: 'account' }>;

const ASKS = { burst: 20, perSecond: 1 };
/** Codes are guessed by trying: of ten signs, not at this pace. */
const GUESSES = { burst: 20, perSecond: 0.5 };
const SEEN_MAX = 8;

/** What volunteers ask about themselves: their credit, their other devices, and why they are held back. */
export class Accounts {
  readonly book: CreditBook;
  readonly statistics: PublicStatistics;
  readonly #host: CoordinatorHost;
  readonly #shelf: Shelf;
  readonly #people: People;
  readonly #rates = new Map<SessionId, TokenBucket>();
  /** One after the other: each changes several records. */
  readonly #lines = new Map<VolunteerId, Promise<void>>();
  readonly #guesses: TokenBucket;

  constructor(host: CoordinatorHost, store: KeyValue) {
    const now = () => host.now();
    this.#host = host;
    this.#shelf = new Shelf(store);
    this.book = new CreditBook(this.#shelf, host.timers);
    this.#people = new People(this.#shelf, now);
    this.statistics = new PublicStatistics(this.#shelf, this.#people, this.book, now);
    this.#guesses = new TokenBucket(GUESSES, host.now());
  }

  /** Only what became final counts. */
  onAppended(record: JournalRecord): void {
    if (record.type !== 'tasks-final') return;
    const { jobId, voters, column } = record;
    const taskMs = this.#host.machine.taskMs(jobId);
    this.book.onFinal(jobId, { voters, tasks: column.count, taskMs });
  }

  /** Answers with the view as it is then, or why nothing was done. */
  onAsk(session: SessionId, volunteer: VolunteerId, { ask, operation }: Ask): void {
    const line = (this.#lines.get(volunteer) ?? Promise.resolve()).then(async () => {
      const answer = await this.#answer(session, volunteer, operation);
      this.#host.volunteers.get(session)?.send({ type: 'account-answer', ask, ...answer });
    });
    this.#lines.set(volunteer, line);
    void line.then(() => this.#lines.get(volunteer) === line && this.#lines.delete(volunteer));
  }

  onGone(session: SessionId): void {
    this.#rates.delete(session);
  }

  async #answer(session: SessionId, volunteer: VolunteerId, operation: AccountOperation) {
    try {
      this.#count(session);
      const linkCode = await this.#perform(volunteer, operation);
      return { account: await this.#view(volunteer, linkCode) };
    } catch (thrown) {
      const { code, message } = toGridError(thrown, 'storage-failed');
      return { code, message: message.slice(0, 500) };
    }
  }

  /** @throws {GridError} `rate-limited` */
  #count(session: SessionId): void {
    const now = this.#host.now();
    const rate = this.#rates.get(session) ?? new TokenBucket(ASKS, now);
    this.#rates.set(session, rate);
    if (!rate.take(now)) throw new GridError('rate-limited', 'One tab asks too often.');
  }

  async #perform(device: VolunteerId, operation: AccountOperation): Promise<LinkCode | undefined> {
    switch (operation.do) {
      case 'read':
        return undefined;
      case 'profile':
        await this.#people.setProfile(device, operation);
        return undefined;
      case 'link-code':
        await this.#people.sweep();
        return this.#people.newCode(device);
      case 'link':
        if (!this.#guesses.take(this.#host.now()))
          throw new GridError('rate-limited', 'Too many codes are tried on this grid.');
        await this.#people.join(device, operation.code);
        return undefined;
      case 'unlink':
        await this.#people.leave(device);
        return undefined;
      case 'forget':
        await this.#forget(device);
        return undefined;
      case 'appeal':
        await this.#appeal(device, operation.text);
        return undefined;
      default:
        return unreachable(operation);
    }
  }

  async #forget(device: VolunteerId): Promise<void> {
    await this.#people.leave(device);
    await this.book.forget(device);
    await this.#shelf.change('appeal', device, appealRecord, () => undefined);
  }

  /** Once for a quarantine, to where the owner of the grid reads what happened. @throws {GridError} `input-invalid` */
  async #appeal(device: VolunteerId, text: string): Promise<void> {
    const quarantine = this.#quarantineOf(device);
    if (!quarantine) throw new GridError('input-invalid', 'This volunteer is not held back.');
    const at = this.#host.now();
    let isFirst = false;
    await this.#shelf.change('appeal', device, appealRecord, (before) => {
      isFirst = before === undefined || before.at < quarantine.at;
      return isFirst ? { at } : before;
    });
    if (!isFirst) return;
    const fact = { actor: device, action: 'volunteer-appealed', subject: device } as const;
    this.#host.writeDown({ ...fact, note: text });
  }

  #quarantineOf(device: VolunteerId) {
    return this.#host.machine.quarantined().find(({ volunteer }) => volunteer === device);
  }

  async #view(device: VolunteerId, linkCode: LinkCode | undefined): Promise<AccountView> {
    const now = this.#host.now();
    const donor = await this.#people.of(device);
    return {
      credit: await this.book.of(device),
      donor: donor && (await this.#donorView(donor)),
      linkCode: linkCode && { code: linkCode.code, endsInMs: linkCode.until - now },
      quarantine: await this.#quarantineView(device, now),
    };
  }

  async #donorView({ name, team, isListed, devices }: PersonRecord) {
    return { name, team, isListed, devices: devices.length, credit: await this.sum(devices) };
  }

  async sum(devices: readonly VolunteerId[]): Promise<Credit> {
    const credits = await Promise.all(devices.map((device) => this.book.of(device)));
    return credits.reduce((all, { tasks, ms }) => ({ tasks: all.tasks + tasks, ms: all.ms + ms }), {
      tasks: 0,
      ms: 0,
    });
  }

  async #quarantineView(device: VolunteerId, now: number): Promise<AccountView['quarantine']> {
    const found = this.#quarantineOf(device);
    if (!found) return undefined;
    const appeal = await this.#shelf.get('appeal', device, appealRecord);
    const since = (at: number) => Math.max(0, now - at);
    return {
      agoMs: since(found.at),
      endsInMs: Math.max(0, found.until - now),
      right: found.valid,
      wrong: found.invalid,
      seen: found.seen
        .slice(0, SEEN_MAX)
        .map(({ at, jobId, index }) => ({ agoMs: since(at), jobId, index })),
      hasAppealed: appeal !== undefined && appeal.at >= found.at,
    };
  }
}
