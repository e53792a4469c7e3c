import { LIMITS, type ResumeMessage } from '@manytabs/protocol';
import type { LocalLease } from './lease-queue.ts';

/** What is to be said of leases of an earlier link on a new one; those of which all was said there are over. */
export function resumeMessages(held: readonly LocalLease[]): ResumeMessage[] {
  const claims = held.filter(({ assign, saidTo }) => saidTo < assign.to).map(claimOf);
  const messages: ResumeMessage[] = [];
  for (let i = 0; i < claims.length; i += LIMITS.LEASES_PER_RESUME_MAX) {
    messages.push({ type: 'resume', leases: claims.slice(i, i + LIMITS.LEASES_PER_RESUME_MAX) });
  }
  return messages;
}

function claimOf({ lease, jobId, assign, saidTo }: LocalLease): ResumeMessage['leases'][number] {
  const { from, to, proof } = assign;
  return { lease, jobId, from, to, proof, next: saidTo };
}
