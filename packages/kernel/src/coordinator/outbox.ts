import type {
  CoordinatorMessage,
  ErrorCode,
  JobId,
  LeaseId,
  SessionId,
  ShardId,
  VolunteerId,
} from '@manytabs/protocol';
import type { CoordinatorEffect, JournalRecord } from './effect.ts';

const LEASES_PER_REVOKE = 1024;

/** The effects of one step in order; revocations of a volunteer leave as one message. */
export class Outbox {
  #effects: CoordinatorEffect[] = [];
  readonly #revoked = new Map<SessionId, LeaseId[]>();

  append(record: JournalRecord): void {
    this.#effects.push({ type: 'append', record });
  }

  send(to: SessionId, message: CoordinatorMessage): void {
    this.#effects.push({ type: 'send', to, message });
  }

  sendShard(to: SessionId, shard: ShardId): void {
    this.#effects.push({ type: 'send-shard', to, shard });
  }

  checkShard(session: SessionId, shard: ShardId): void {
    this.#effects.push({ type: 'check-shard', session, shard });
  }

  close(session: SessionId, code: ErrorCode, message: string): void {
    this.#revoked.delete(session);
    this.#effects.push({ type: 'close', session, code, message });
  }

  /** For those who watch. */
  tell(effect: Extract<CoordinatorEffect, { type: 'provisional' | 'retracted' }>): void {
    this.#effects.push(effect);
  }

  quarantined(volunteer: VolunteerId, until: number): void {
    this.#effects.push({ type: 'quarantined', volunteer, until });
  }

  tellPeople(effect: Extract<CoordinatorEffect, { type: 'log' | 'preview' | 'retry' }>): void {
    this.#effects.push(effect);
  }

  forget(jobId: JobId): void {
    this.#effects.push({ type: 'forget', jobId });
  }

  revoke(session: SessionId, lease: LeaseId): void {
    const leases = this.#revoked.get(session);
    if (leases) leases.push(lease);
    else this.#revoked.set(session, [lease]);
  }

  flushRevoked(): void {
    if (this.#revoked.size === 0) return;
    for (const [session, leases] of this.#revoked) {
      for (let i = 0; i < leases.length; i += LEASES_PER_REVOKE) {
        this.send(session, { type: 'revoke', leases: leases.slice(i, i + LEASES_PER_REVOKE) });
      }
    }
    this.#revoked.clear();
  }

  take(): CoordinatorEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
