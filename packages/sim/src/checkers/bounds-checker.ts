import { VOLUNTEER_LIMITS, type VolunteerView } from '@manytabs/kernel';
import {
  type AssignMessage,
  type CoordinatorMessage,
  LIMITS,
  type SessionId,
} from '@manytabs/protocol';
import { type Facts, violated } from '../facts.ts';
import type { LeaseBook } from './lease-book.ts';

/** No queue grows over its bound, and no message over its size. */
export class BoundsChecker implements Facts {
  readonly #book: LeaseBook;

  constructor(book: LeaseBook) {
    this.#book = book;
  }

  onTab(_at: number, tab: number, view: VolunteerView): void {
    if (view.running > view.workers) violated('VO5', `tab ${tab} runs more than it has workers`);
    const leases = view.running + view.waiting;
    if (leases > VOLUNTEER_LIMITS.LEASES_MAX) violated('VO6', `tab ${tab} holds ${leases} leases`);
    if (view.outbox > VOLUNTEER_LIMITS.OUTBOX_MESSAGES_MAX) {
      violated('VO3', `tab ${tab} keeps ${view.outbox} results`);
    }
    if (view.fetching > VOLUNTEER_LIMITS.FETCHES_MAX) {
      violated('VO16', `tab ${tab} fetches ${view.fetching} shards at a time`);
    }
  }

  onAssigned(_at: number, session: SessionId, { from, to }: AssignMessage): void {
    if (to <= from || to - from > LIMITS.BUNDLE_TASKS_MAX) {
      violated('SC', `a bundle has ${to - from} tasks`);
    }
    const given = [...this.#book.leasesOf(session)];
    const leases = given.filter(({ open }) => open.size > 0).length;
    if (leases > VOLUNTEER_LIMITS.LEASES_MAX)
      violated('SC', `a volunteer was given ${leases} leases`);
  }

  onSent(_at: number, _session: SessionId, message: CoordinatorMessage): void {
    if (message.type === 'revoke' && message.leases.length > 1024) {
      violated('WI', `${message.leases.length} leases in one revoke`);
    }
    if ((message.type === 'holders' || message.type === 'replicate') && message.peers.length > 32) {
      violated('WI', `${message.peers.length} peers in one ${message.type}`);
    }
    if (
      message.type === 'drop-shards' &&
      message.shards.length > LIMITS.HELD_SHARDS_PER_REPORT_MAX
    ) {
      violated('WI', `${message.shards.length} shards in one drop`);
    }
  }
}
