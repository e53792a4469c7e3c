import type { CoordinatorEvent } from '@manytabs/kernel';
import {
  decodeFrame,
  GridError,
  type JobEvent,
  type JobId,
  type JobSpec,
  type JobView,
  type Lane,
  LIMITS,
  type Link,
  type ShardId,
  type SubmitterMessage,
  submitterMessageSchema,
  toGridError,
} from '@manytabs/protocol';
import { isAccessRequest, serveAccess } from '../access/access.ts';
import type { Grant } from '../access/grant.ts';
import type { Usage } from '../access/usage.ts';
import type { Outbox } from '../link/outbox.ts';
import type { CoordinatorHost } from './coordinator-host.ts';
import { JobWatch } from './job-watch.ts';
import { JobsFeed } from './jobs-feed.ts';
import { checkPart, tasksOf } from './parts/part-spec.ts';
import type { ProvisionalNews } from './provisional.ts';
import { answerQuery } from './query.ts';
import { SubmitterRoutes } from './servers/submitter-routes.ts';
import { Space } from './space/space.ts';
import { SpaceDesk } from './space/space-desk.ts';
import { checkSpec, missingShards } from './submission.ts';

type Request = Exclude<
  Extract<SubmitterMessage, { request: number }>,
  { type: 'space' | 'watch-space' }
>;

const WATCHES_MAX = 256;
const WAITING_MAX = 8_192;
const WAITING_BYTES_MAX = 256 * 1024 * 1024;
const DONE = { cancel: 'job-cancelled', pause: 'job-paused', resume: 'job-resumed' } as const;
/** Under way on one link; each may hold a shard in memory. */
const FILE_REQUESTS_MAX = 64;
const CHANGES: ReadonlySet<string> = new Set(['submit', 'extend-job', 'control-job']);

/** A link that proved with a token what it may do. */
export class SubmitterSession {
  readonly #host: CoordinatorHost;
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly grant: Grant;
  /** Another server speaks for somebody, or for itself. */
  readonly #isForwarded: boolean;
  /** Where there are other servers, and this is not one of theirs. */
  readonly #routes: SubmitterRoutes | undefined;
  readonly #usage: Usage;
  readonly #watches = new Map<number, JobWatch>();
  readonly #desk: SpaceDesk | undefined;
  #line: Promise<void> = Promise.resolve();
  #waiting = 0;
  #waitingBytes = 0;
  #fileRequests = 0;
  #feed: JobsFeed | undefined;

  constructor(
    host: CoordinatorHost,
    link: Link,
    outbox: Outbox,
    grant: Grant,
    { isForwarded = false }: { isForwarded?: boolean } = {},
  ) {
    this.#host = host;
    this.#link = link;
    this.#outbox = outbox;
    this.grant = grant;
    this.#isForwarded = isForwarded;
    this.#usage = host.usageOf(grant);
    const servers = isForwarded ? undefined : host.servers;
    this.#routes = servers && new SubmitterRoutes(servers, this);
    this.#desk = this.#openDesk();
    host.submitters.add(this);
    link.onClose(() => this.#onClose());
    if (isForwarded) return;
    outbox.push({ type: 'attached', scope: grant.scope, servers: servers?.urls() });
  }

  /** Who came by another server hears of it there. */
  tellServers(servers: readonly string[]): void {
    if (!this.#routes) return;
    this.#outbox.push({ type: 'servers', servers: [...servers] });
  }

  /** What another server says to the submitter. */
  pass(lane: Lane, frame: Uint8Array): void {
    this.#link.send(lane, frame);
  }

  /** The submitter is to connect again: it asks anew for what was not answered. */
  relink(reason: GridError): void {
    this.#link.close(reason);
  }

  /** Id of the token it is attached with. */
  get token(): string | undefined {
    return this.grant.id;
  }

  end(reason: GridError): void {
    this.#outbox.push({ type: 'reject', code: reason.code, message: reason.message });
    this.#host.timers.after(0, () => this.#link.close(reason));
  }

  onJobChanged(jobId: JobId, ended: boolean): void {
    for (const watch of this.#watches.values()) {
      if (watch.jobId === jobId) watch.onChanged(ended);
    }
  }

  /** Nothing of the job is left to follow. */
  onJobForgotten(jobId: JobId): void {
    for (const [request, watch] of [...this.#watches]) {
      if (watch.jobId !== jobId) continue;
      this.#unwatch(request);
      this.#refuse(request, new GridError('job-unknown', `Job ${jobId} was dropped.`));
    }
  }

  onJobEvent(jobId: JobId, event: JobEvent): void {
    for (const watch of this.#watches.values()) {
      if (watch.hears(jobId)) watch.onEvent(event);
    }
  }

  onProvisional(news: ProvisionalNews): void {
    for (const watch of this.#watches.values()) {
      if (watch.hears(news.jobId)) watch.onProvisional(news);
    }
  }

  /** @throws {GridError} what the sender did wrong */
  onFrame(lane: Lane, frame: Uint8Array): number {
    const bytesMax = lane === 'control' ? LIMITS.CONTROL_BYTES_MAX : LIMITS.BULK_BYTES_MAX;
    const messages = decodeFrame<SubmitterMessage>(frame, submitterMessageSchema, bytesMax);
    for (const message of messages) this.#onMessage(message, frame.length);
    return messages.length;
  }

  #onMessage(message: SubmitterMessage, bytes: number): void {
    switch (message.type) {
      case 'attach':
        throw new GridError('frame-unexpected', 'This link is attached already.');
      case 'unwatch-job':
        if (this.#routes?.forwardWatch(message)) return;
        return this.#unwatch(message.watch);
      case 'rows-taken':
        if (this.#routes?.forwardWatch(message)) return;
        return this.#watches.get(message.watch)?.onTaken(message);
      case 'file':
        // These wait for volunteers, and nothing that follows waits for them.
        return void this.#answerFile(message);
      case 'space':
        return this.#spaces(message.request, (desk) => desk.onSpace(message));
      case 'watch-space':
        return this.#spaces(message.request, (desk) => desk.onWatch(message));
      case 'unwatch-space':
        return this.#desk?.onUnwatch(message);
      default:
        // One after the other: an extension may follow its submission without waiting for the answer.
        this.#enqueue(message, bytes);
    }
  }

  /** @throws {GridError} `rate-limited` where more is asked than can be answered */
  #enqueue(message: Exclude<Request, { type: 'file' }>, bytes: number): void {
    this.#waiting += 1;
    this.#waitingBytes += bytes;
    if (this.#waiting > WAITING_MAX || this.#waitingBytes > WAITING_BYTES_MAX) {
      throw new GridError('rate-limited', 'Too many requests wait for their answer.');
    }
    this.#line = this.#line.then(async () => {
      await this.#answer(message);
      this.#waiting -= 1;
      this.#waitingBytes -= bytes;
    });
  }

  async #answer(message: Exclude<Request, { type: 'file' }>): Promise<void> {
    const { request } = message;
    try {
      if (await this.#routes?.forward(message)) return;
      const value = await this.#serve(message);
      // What was accepted is durable before it is called accepted.
      if (CHANGES.has(message.type)) await this.#host.settled();
      // One that ends takes nothing more: whoever asked asks the next one.
      if (this.#host.isClosed) return;
      this.#outbox.push({ type: 'answer', request, value });
    } catch (thrown) {
      this.#refuse(request, toGridError(thrown, 'spec-invalid'));
    }
  }

  async #answerFile(message: Extract<Request, { type: 'file' }>): Promise<void> {
    const { request, op } = message;
    this.#fileRequests += 1;
    try {
      if (this.#fileRequests > FILE_REQUESTS_MAX) throw busy();
      if (await this.#routes?.forward(message)) return;
      if (op.op === 'put-piece') this.#usage.upload(op.bytes.length, this.#host.now());
      const value = await this.#host.files.answer(op, this.grant);
      await this.#link.ready('bulk');
      this.#outbox.push({ type: 'answer', request, value });
    } catch (thrown) {
      this.#refuse(request, toGridError(thrown, 'spec-invalid'));
    } finally {
      this.#fileRequests -= 1;
    }
  }

  #refuse(request: number, { code, message, details }: GridError): void {
    const text = message.slice(0, 2_000);
    this.#outbox.push({ type: 'refused', request, code, message: text, details });
  }

  #openDesk(): SpaceDesk | undefined {
    const { keyValue, clock } = this.#host.options;
    const outbox = this.#outbox;
    if (!keyValue) return undefined;
    return new SpaceDesk(new Space(keyValue, this.grant.owner, clock), {
      answer: (request, value) => outbox.push({ type: 'answer', request, value }),
      refuse: (request, reason) => this.#refuse(request, reason),
      tell: (watch, entries) =>
        outbox.push({ type: 'space-changes', watch, entries: [...entries] }),
    });
  }

  #spaces(request: number, work: (desk: SpaceDesk) => void): void {
    if (this.#desk) work(this.#desk);
    else this.#refuse(request, new GridError('spec-invalid', 'This grid keeps no shared values.'));
  }

  async #serve(message: Exclude<Request, { type: 'file' }>): Promise<unknown> {
    const host = this.#host;
    if (isAccessRequest(message)) return serveAccess(host.options.access, this.grant, message);
    switch (message.type) {
      case 'put-shard':
        this.#usage.upload(message.bytes.length, host.now());
        return host.options.blobs.put(message.shard, message.bytes).then(() => null);
      case 'submit':
        return this.#submit(message);
      case 'extend-job':
        return this.#extend(message);
      case 'control-job':
        return this.#control(message);
      case 'watch-job':
        return this.#watch(message);
      case 'query':
        if (message.jobId) this.#own(message.jobId);
        return this.#query(message);
    }
  }

  #query(message: Extract<Request, { type: 'query' }>): Promise<unknown> {
    const ask = (query: typeof message) =>
      answerQuery(this.#host, query, this.grant, this.#routes && this.#host.servers);
    if (message.what !== 'jobs' || message.feed === undefined) return ask(message);
    if (this.#feed?.number !== message.feed) this.#feed = new JobsFeed(message.feed);
    return this.#feed.next(message.after, (after) => ask({ ...message, after }));
  }

  async #submit({ jobId, spec }: Extract<Request, { type: 'submit' }>): Promise<null> {
    const host = this.#host;
    checkSpec(spec);
    this.#checkPart(jobId, spec);
    if (this.#hasAlready(jobId)) return null;
    for (const source of spec.source?.jobs ?? []) this.#own(source);
    const missing = await missingShards(spec, host.options.blobs);
    if (missing.length > 0) {
      throw new GridError('shards-missing', `${missing.length} shards are not here yet.`, {
        details: missing,
      });
    }
    await host.servers?.register(jobId);
    if (this.#hasAlready(jobId)) return null;
    await this.#take(jobId, spec);
    host.stage(jobId);
    return null;
  }

  /** A part comes from a server, which has asked for all of the job. */
  async #take(jobId: JobId, spec: JobSpec): Promise<void> {
    const host = this.#host;
    const { owner } = this.grant;
    const submitted = { type: 'job-submitted', jobId, owner } as const;
    if (spec.part) return this.#order({ ...submitted, at: host.now(), spec });
    this.#usage.order(host.now());
    this.#usage.tasks(tasksOf(spec));
    await host.permits.begin({ jobId, owner, most: this.#usage.jobs }, async () => {
      this.#check({ ...submitted, at: host.now(), spec });
      const own = await host.parts.cut(jobId, spec, this.grant);
      this.#order({ ...submitted, at: host.now(), spec: own });
    });
    host.writeDown({ actor: owner, action: 'job-submitted', subject: jobId, note: spec.name });
  }

  /** @throws {GridError} `spec-invalid` for a part that no server made, `job-ended` for one that was given up */
  #checkPart(jobId: JobId, spec: JobSpec): void {
    if (!spec.part) return;
    if (!this.#isForwarded) throw new GridError('spec-invalid', 'Only servers cut jobs.');
    checkPart(jobId, spec);
    if (this.#host.machine.job(jobId)?.state !== 'cancelled') return;
    throw new GridError('job-ended', `Job ${jobId} was given up.`);
  }

  /** A submit that is repeated, perhaps long after the job's data went. @throws {GridError} `job-unknown` */
  #hasAlready(jobId: JobId): boolean {
    if (!this.#host.machine.job(jobId)) return false;
    this.#own(jobId);
    return true;
  }

  async #control(message: Extract<Request, { type: 'control-job' }>): Promise<null> {
    const { jobId, action, reason } = message;
    this.#own(jobId);
    await this.#host.parts.control(message, (order) =>
      this.#order({ ...order, type: 'job-controlled', at: this.#host.now() }),
    );
    const { owner } = this.grant;
    this.#host.writeDown({ actor: owner, action: DONE[action], subject: jobId, note: reason });
    return null;
  }

  async #extend(message: Extract<Request, { type: 'extend-job' }>): Promise<null | 'closed'> {
    const { jobId, from, chunk, bytes, last } = message;
    const host = this.#host;
    const { open, tasks } = this.#own(jobId);
    if (host.machine.spec(jobId)?.source) {
      throw new GridError('input-invalid', 'This job takes its inputs from other jobs.');
    }
    // Whoever feeds a job that takes no more may stop.
    if (!open) return 'closed';
    if (from < tasks.total) return null;
    if (from > tasks.total) {
      throw new GridError('input-invalid', 'The inputs before these are missing.');
    }
    if (chunk) this.#usage.tasks(tasks.total + chunk.count);
    if (bytes) this.#usage.upload(bytes.length, host.now());
    if (chunk) await this.#store(chunk.shard, bytes);
    this.#order({ type: 'job-extended', at: host.now(), jobId, chunk, last });
    return null;
  }

  /** @throws {GridError} `shards-missing` for one that was sent before and is not here any more */
  async #store(shard: ShardId, bytes: Uint8Array | undefined): Promise<void> {
    const { blobs } = this.#host.options;
    if (bytes) return blobs.put(shard, bytes);
    if (await blobs.use(shard)) return;
    throw new GridError('shards-missing', 'The inputs are not here.', { details: [shard] });
  }

  /** @throws {GridError} what the machine has against it */
  #order(event: CoordinatorEvent): void {
    this.#check(event);
    this.#host.step(event);
  }

  /** @throws {GridError} what the machine has against it */
  #check(event: CoordinatorEvent): void {
    const refusal = this.#host.machine.refusal(event);
    if (refusal) throw GridError.fromRecord(refusal);
  }

  #watch(message: Extract<Request, { type: 'watch-job' }>): null {
    const { request, jobId, ...wanted } = message;
    this.#own(jobId);
    if (this.#watches.size >= WATCHES_MAX) {
      throw new GridError('quota-exceeded', `One link watches at most ${WATCHES_MAX} jobs.`);
    }
    const watch = new JobWatch(this.#host, this.#outbox, jobId, { ...wanted, watch: request });
    this.#watches.set(request, watch);
    watch.onChanged(false);
    return null;
  }

  /** @throws {GridError} `job-unknown`, also for a job of somebody else. */
  #own(jobId: JobId): JobView {
    const job = this.#host.machine.job(jobId);
    const { scope, owner } = this.grant;
    if (job && (scope === 'admin' || job.owner === owner)) return job;
    throw new GridError('job-unknown', `There is no job ${jobId}.`);
  }

  #unwatch(watch: number): void {
    this.#watches.get(watch)?.close();
    this.#watches.delete(watch);
  }

  #onClose(): void {
    this.#host.submitters.delete(this);
    this.#routes?.close();
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
    this.#desk?.close();
  }
}

function busy(): GridError {
  return new GridError('rate-limited', `One link asks for ${FILE_REQUESTS_MAX} things at a time.`);
}
