import { cutTasks } from '@manytabs/kernel';
import {
  type Explanation,
  GridError,
  hasEnded,
  type JobId,
  type JobSpec,
  must,
  type SubmitterMessage,
  toGridError,
} from '@manytabs/protocol';
import type { Grant } from '../../access/grant.ts';
import type { CoordinatorHost } from '../coordinator-host.ts';
import { answerOwn } from '../query.ts';
import type { Opening } from '../servers/opening.ts';
import { mergedExplanation } from './merged-view.ts';
import { isCuttable, partsOf, partWith, tasksOf } from './part-spec.ts';
import { WholeJob } from './whole-job.ts';

type Control = Extract<SubmitterMessage, { type: 'control-job' }>;
type Query = Extract<SubmitterMessage, { type: 'query' }>;

/** From the first part that another server takes to the one that is taken here. */
const CUT_MS_MAX = 20_000;
/** A part whose job was never taken in is given up after so long: longer than a cut may take. */
const STRAY_MS = 60_000;
const STRAY_LOOKS = 10;
const ASK_TRIES = 20;
const ASK_AGAIN_MS = 500;

/**
 * Jobs that were cut. Each part is a job like any other, of one server and its heirs, with the numbers of the whole; the server
 * of the first part, which has the id of the whole, speaks for all of them.
 */
export class Parts {
  readonly #host: CoordinatorHost;
  readonly #wholes = new Map<JobId, WholeJob>();
  /** Parts whose last row is durable. */
  readonly #over = new Set<JobId>();

  constructor(host: CoordinatorHost) {
    this.#host = host;
  }

  /** The job of an id as people know it. */
  of(jobId: JobId): WholeJob {
    const part = this.#host.machine.spec(jobId)?.part;
    if (part?.at !== 0) return new WholeJob(this.#host, jobId, undefined);
    const known = this.#wholes.get(jobId) ?? new WholeJob(this.#host, jobId, part);
    this.#wholes.set(jobId, known);
    return known;
  }

  isOver(jobId: JobId): boolean {
    return this.#over.has(jobId);
  }

  /** The end of a job is durable. */
  onEnded(jobId: JobId): void {
    if (this.#host.machine.spec(jobId)?.part) this.#over.add(jobId);
  }

  onForgotten(jobId: JobId): void {
    this.#over.delete(jobId);
    this.#wholes.get(jobId)?.close();
    this.#wholes.delete(jobId);
  }

  close(): void {
    for (const whole of this.#wholes.values()) whole.close();
  }

  /** Gives the other servers their parts of a job that is large enough; what is left is for this one to take. */
  async cut(jobId: JobId, spec: JobSpec, grant: Grant): Promise<JobSpec> {
    const { servers, options } = this.#host;
    const others = servers?.others() ?? [];
    const isLarge = isCuttable(spec);
    const bounds = isLarge && cutTasks(tasksOf(spec), others.length + 1, options.partTasksMin);
    if (!bounds) return spec;
    const [own, ...siblings] = partsOf(jobId, spec, bounds);
    const began = this.#host.now();
    const opening: Opening = { role: 'submitter', grant };
    try {
      const taken = siblings.map((part, i) =>
        servers?.ask(must(others[i], 'a server'), opening, { type: 'submit', request: 0, ...part }),
      );
      await Promise.all(taken);
      if (this.#host.now() - began > CUT_MS_MAX)
        throw new GridError('timeout', 'It took too long.');
      return must(own, 'the first part').spec;
    } catch (thrown) {
      this.#host.options.note(
        'warn',
        `${jobId} is not cut: ${toGridError(thrown, 'timeout').message}`,
      );
      for (const part of siblings) this.#giveUp(part.jobId);
      return spec;
    }
  }

  /** A part that never became one ends by itself as well, later. */
  #giveUp(part: JobId): void {
    const reason = 'the job was not cut';
    const cancel = {
      type: 'control-job',
      request: 0,
      jobId: part,
      action: 'cancel',
      reason,
    } as const;
    this.#host.servers?.askOwner(part, cancel).catch(() => {});
  }

  /** To every part, each until it has heard; `order` is for those that are here. */
  async control(message: Control, order: (message: Control) => void): Promise<void> {
    const whole = this.of(message.jobId);
    const view = whole.view();
    if (!whole.isCut || !view || hasEnded(view.state)) return order(message);
    await Promise.all(
      whole.jobs.map(async (jobId, part) => {
        if (hasEnded(whole.viewOf(part)?.state ?? 'running')) return;
        const here = () => order({ ...message, jobId });
        await this.#ask({ ...message, request: 0, jobId }, here).catch(leaveEnded);
      }),
    );
  }

  /** What the servers of its parts answer, as one. */
  async query(query: Query, whole: WholeJob): Promise<unknown> {
    const asked = (jobId: JobId) =>
      this.#ask({ ...query, request: 0, jobId }, () => answerOwn(this.#host, { ...query, jobId }));
    const { what, index = 0 } = query;
    if (what === 'task-shard') return answerOwn(this.#host, query);
    if (what === 'belief' || what === 'story' || what === 'task-source') {
      const part = this.#host.machine.spec(must(whole.jobs[0], 'a part'))?.part;
      const jobId = part && whole.jobs[partWith(part, index)];
      return jobId ? asked(jobId) : what === 'story' ? [] : null;
    }
    // Each server counts its attempts for itself, so that only those of the first part can be turned over.
    if (what === 'attempts') return { ...(answerOwn(this.#host, query) as object), isWhole: false };
    const answers = await Promise.all(whole.jobs.map(asked));
    if (what === 'explain') return mergedExplanation(answers as Explanation[]);
    return (answers as { at: number }[][]).flat().sort((a, b) => a.at - b.at);
  }

  /** A part that is here is watched over until the whole is known to be one. */
  begin(jobId: JobId, looks = STRAY_LOOKS): void {
    const part = this.#host.machine.spec(jobId)?.part;
    if (!part || part.at === 0 || looks === 0) return;
    this.#host.timers.after(
      STRAY_MS,
      () => void this.#look(jobId, must(part.jobs[0], 'one'), looks),
    );
  }

  async #look(jobId: JobId, lead: JobId, looks: number): Promise<void> {
    const { machine, servers } = this.#host;
    const view = machine.job(jobId);
    if (!view || hasEnded(view.state)) return;
    try {
      const isWhole = await this.#isPartOf(jobId, lead);
      if (isWhole || machine.job(jobId) === undefined || !servers) return;
      this.#end(jobId);
    } catch {
      // Nobody is there to ask: perhaps later. A job that was written down and never came is none.
      if (looks === 1) this.#end(jobId);
      else this.begin(jobId, looks - 1);
    }
  }

  async #isPartOf(jobId: JobId, lead: JobId): Promise<boolean> {
    const { machine, servers } = this.#host;
    const own = machine.spec(lead);
    if (own) return own.part?.jobs.includes(jobId) ?? false;
    if (!servers || (await servers.ownerOfJob(lead)) === undefined) return false;
    const query = { type: 'query', request: 0, what: 'parts', jobId: lead } as const;
    const part = (await servers.askOwner(lead, query)) as JobSpec['part'] | null;
    return part?.jobs.includes(jobId) ?? false;
  }

  #end(jobId: JobId): void {
    const reason = 'the job that it is a part of was never taken in';
    const order = { type: 'job-controlled', jobId, action: 'cancel', reason } as const;
    this.#host.step({ ...order, at: this.#host.now() });
  }

  /** A part that changes hands is asked again. */
  async #ask(message: Control | Query, here: () => unknown): Promise<unknown> {
    const jobId = must(message.jobId, 'a part is named');
    for (let tries = ASK_TRIES; ; tries--) {
      if (this.#host.machine.job(jobId) || !this.#host.servers) return here();
      try {
        return await this.#host.servers.askOwner(jobId, message);
      } catch (thrown) {
        const error = toGridError(thrown, 'connection-lost');
        if (tries === 1 || !isPassing(error)) throw error;
      }
      await new Promise<void>((resolve) => void this.#host.timers.after(ASK_AGAIN_MS, resolve));
    }
  }
}

function isPassing({ code }: GridError): boolean {
  return code === 'connection-lost' || code === 'timeout' || code === 'closed';
}

/** A part may end in this very moment. */
function leaveEnded(thrown: unknown): void {
  if (toGridError(thrown, 'internal').code !== 'job-ended') throw thrown;
}
