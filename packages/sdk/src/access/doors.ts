import type { ErrorCode } from '@manytabs/protocol';
import { networkOf } from '../host/network-of.ts';
import type { AuditFact } from './audit-log.ts';
import { CoolOff, IDENTITY_RULE, NETWORK_RULE } from './cool-off.ts';

/** Codes of what nobody does by accident again and again. */
const OFFENCES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'rate-limited',
  'frame-malformed',
  'frame-too-large',
  'frame-unexpected',
  'identity-refused',
  'token-refused',
]);

/** Identities that were let in lately: a whole network that is shut out does not lock them out. */
const KNOWN_MAX = 20_000;

/** Lets in who kept the rules, and for a while not those who broke them again and again. */
export class Doors {
  readonly #clock: () => number;
  readonly #writeDown: (fact: AuditFact) => void;
  readonly #coolOff = new CoolOff();
  readonly #known = new Set<string>();

  constructor(clock: () => number, writeDown: (fact: AuditFact) => void) {
    this.#clock = clock;
    this.#writeDown = writeDown;
  }

  /** `address` of a stranger; none for who holds a token. @throws {GridError} `rate-limited` */
  enter(identity: string | undefined, address?: string | undefined): void {
    const now = this.#clock();
    this.#coolOff.check(identity, now);
    if (identity === undefined) return;
    if (!this.#known.has(identity)) this.#coolOff.check(networkOf(address), now);
    this.#known.delete(identity);
    this.#known.add(identity);
    const [oldest] = this.#known;
    if (this.#known.size > KNOWN_MAX && oldest !== undefined) this.#known.delete(oldest);
  }

  refused(
    code: ErrorCode,
    who: { identity: string | undefined; address: string | undefined },
  ): void {
    if (!OFFENCES.has(code)) return;
    this.#offend(who.identity, code, IDENTITY_RULE);
    this.#offend(networkOf(who.address), code, NETWORK_RULE);
  }

  #offend(key: string | undefined, code: ErrorCode, rule: typeof IDENTITY_RULE): void {
    if (key === undefined) return;
    const now = this.#clock();
    const wasShut = this.#coolOff.left(key, now) > 0;
    const shutMs = this.#coolOff.offend(key, rule, now);
    if (shutMs === 0 || wasShut) return;
    const note = `${code}, for ${Math.round(shutMs / 1000)} s`;
    this.#writeDown({ actor: 'grid', action: 'peer-shut-out', subject: key, note });
  }
}
