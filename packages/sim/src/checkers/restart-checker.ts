import type { JobRecord } from '@manytabs/kernel';
import {
  type AssignMessage,
  hasEnded,
  type JobId,
  type JobState,
  type JobView,
  type SessionId,
} from '@manytabs/protocol';
import { type Facts, violated } from '../facts.ts';
import type { PlannedJob } from '../workload.ts';

interface Known {
  readonly job: PlannedJob;
  readonly decided: Uint8Array;
  final: number;
  failed: number;
  state: JobState;
  isRecorded: boolean;
}

/** A coordinator that was made again knows every decision of those before it, and gives out nothing decided. */
export class RestartChecker implements Facts {
  readonly #jobs = new Map<JobId, Known>();

  onSubmitted(_at: number, job: PlannedJob): void {
    const decided = new Uint8Array(job.plan.tasks);
    const counts = { final: 0, failed: 0 };
    this.#jobs.set(job.jobId, { job, decided, ...counts, state: 'running', isRecorded: false });
  }

  onRecord(record: JobRecord): void {
    const known = this.#jobs.get(record.jobId);
    if (!known) return;
    known.isRecorded = true;
    if (record.type === 'job-state') known.state = record.state;
    if (record.type === 'task-failed') {
      known.failed++;
      known.decided[record.index] = 1;
    }
    if (record.type !== 'tasks-final') return;
    const { from, to } = record.column;
    known.final += to - from;
    known.decided.fill(1, from, to);
  }

  onAssigned(_at: number, _session: SessionId, { jobId, from, to }: AssignMessage): void {
    const known = this.#jobs.get(jobId);
    const index = known?.decided.subarray(from, to).indexOf(1) ?? -1;
    if (index < 0) return;
    violated('CO61', `task ${from + index} of job ${known?.job.number} was decided and handed out`);
  }

  onRestarted(_at: number, jobs: readonly JobView[]): void {
    for (const [jobId, known] of this.#jobs) {
      if (known.isRecorded)
        this.#compare(
          known,
          jobs.find((view) => view.jobId === jobId),
        );
    }
  }

  #compare(known: Known, view: JobView | undefined): void {
    const name = `job ${known.job.number}`;
    if (!view) return violated('CO68', `${name} is forgotten after a restart`);
    if (view.state !== known.state) {
      violated('CO68', `${name} was ${known.state} and is ${view.state} after a restart`);
    }
    const { final, failed, running } = view.tasks;
    if (final !== known.final || failed !== known.failed) {
      const before = `${known.final} and ${known.failed}`;
      violated('CO60', `${name} had ${before} tasks decided and has ${final} and ${failed}`);
    }
    if (running > 0) violated('CO64', `${name} runs ${running} tasks before anybody came`);
    if (hasEnded(view.state) && view.endedAt === undefined) violated('CO68', `${name} has no end`);
  }
}
