import { Volunteer, type VolunteerEffect, type VolunteerEvent } from '@manytabs/kernel';
import {
  type AccountOperation,
  type AccountView,
  type Blobs,
  COORDINATOR_PEER_ID,
  Column,
  GridError,
  type JobId,
  type JobMessage,
  LIMITS,
  type PeerId,
  type Road,
  type ShardId,
  toGridError,
  unreachable,
  unwrapOutput,
} from '@manytabs/protocol';
import { GridTrust, memoryPins } from '../identity/grid-trust.ts';
import { PartServer } from '../part-server.ts';
import { SteadyClock } from '../steady-clock.ts';
import { AccountCalls } from './account-calls.ts';
import type {
  DonationJob,
  DonationOptions,
  DonationPicture,
  DonationState,
  DonationView,
  DonationWork,
} from './api.ts';
import { CoordinatorLine, type GridMessage } from './coordinator-line.ts';
import type { Equipment } from './equipment.ts';
import { Misbehaviour } from './misbehaviour.ts';
import { Outputs } from './outputs.ts';
import type { Range } from './part-requests.ts';
import { Runs } from './runs.ts';
import { ShardExchange } from './shard-exchange.ts';
import { shardProof } from './shard-proof.ts';
import { SpaceCalls } from './space-calls.ts';
import { TabBlobs } from './tab-blobs.ts';
import { TabLinks } from './tab-links.ts';
import { taskMemory } from './task-memory.ts';
import { Ticker } from './ticker.ts';

const PICTURES_PER_SECOND = 60;
/** What tasks wrote is waited for so long at the end. */
const DRAIN_MS = 5_000;

export interface Stage {
  change(part: Partial<DonationView>): void;
  view(): DonationView;
  worked(work: DonationWork): void;
  paint(picture: DonationPicture): void;
  wantsPictures(): boolean;
  over(): void;
}

type Command = 'start' | 'pause' | 'finish' | 'stop';

/** The work between one Start and its Stop: performs the machine's effects and nothing else. */
export class Shift {
  readonly #options: DonationOptions;
  readonly #stage: Stage;
  readonly #machine: Volunteer;
  readonly #fault: Misbehaviour;
  readonly #jobs = new Map<JobId, JobMessage>();
  readonly #ticker = new Ticker(() => this.#tick());
  #line: CoordinatorLine | undefined;
  #runs: Runs | undefined;
  #exchange: ShardExchange | undefined;
  #equipment: Equipment | undefined;
  #blobs: TabBlobs | undefined;
  readonly #outputs = new Outputs(now);
  readonly #spaceCalls = new SpaceCalls((ask) => this.#send(ask), now);
  readonly #accountCalls = new AccountCalls((ask) => this.#line?.send(ask));
  readonly #parts = new PartServer((shard) => this.#held(shard));
  #pictures = { since: 0, count: 0 };
  #duty = 1;
  #mode: 'on' | 'paused' | 'finishing' | 'over' = 'on';
  #linked = false;

  constructor(options: DonationOptions, workers: number, stage: Stage) {
    this.#options = options;
    this.#stage = stage;
    this.#machine = new Volunteer({ workers });
    this.#fault = new Misbehaviour(options.fault);
  }

  begin(equipment: Equipment): void {
    if (this.#mode === 'over') return void release(equipment);
    this.#equipment = equipment;
    const { runtime, identity, transports, alternatives, tabs, agent } = equipment;
    const blobs = new TabBlobs(equipment.blobs);
    this.#blobs = blobs;
    const stage = this.#stage;
    runtime.setWorkers(stage.view().workers);
    runtime.setDuty(this.#duty);
    this.#runs = new Runs(runtime, blobs, this.#fault, {
      tell: (event) => this.#tell(event),
      now,
      shard: (shard) => this.#shardForTask(shard),
      part: (shard, range, tree) => this.#partForTask(shard, range, tree),
      keepOutput: (shard, bytes) => this.#outputs.keep(shard, bytes),
      onResults: (jobId, from, values) => this.#onResults(jobId, from, values),
      onWorked: (jobId, work) => this.#onWorked(jobId, work),
      onPreview: (jobId, index, image) => this.#picture({ kind: 'preview', jobId, index, image }),
      onShown: (lease, index, image) => this.#send({ type: 'preview', lease, index, ...image }),
      onProgress: (lease, index, fraction, note) =>
        this.#send({ type: 'progress', lease, index, fraction, note }),
      onCheckpoint: (lease, index, state) =>
        this.#send({ type: 'checkpoint', lease, index, state }),
      space: (lease, operation) => this.#spaceCalls.ask(lease, operation),
      onLog: (lease, index, text) => this.#send({ type: 'log', lease, index, text }),
      onRunningChanged: (running, jobId) => this.#onRunning(running, jobId),
    });
    const links = tabs && new TabLinks(tabs, this.#server(blobs));
    this.#exchange = new ShardExchange(
      blobs,
      links,
      {
        shard: (shard) => this.#line?.send({ type: 'fetch', shard }),
        part: (shard, range) => this.#line?.send({ type: 'fetch-part', shard, ...range }),
      },
      {
        onStored: (shard, bytes, from) => this.#onStored(shard, bytes, from),
        onFailed: (shard, from, reason) => this.#onFetchFailed(shard, from, reason),
      },
    );
    const workers = () => stage.view().workers;
    const { token, trusted, site, siteOrigin } = this.#options;
    const { memoryMB = taskMemory() } = this.#options;
    const trust = new GridTrust(equipment.pins ?? memoryPins());
    this.#line = new CoordinatorLine(
      {
        transports,
        alternatives,
        identity,
        trust,
        token,
        trusted,
        site,
        siteOrigin,
        agent,
        workers,
        memoryMB,
      },
      {
        onUp: (road, grid) => this.#onUp(road, grid),
        onMessage: (message) => this.#onMessage(message),
        onDown: (reason) => this.#onDown(reason),
        onFatal: (reason) => this.fail(reason),
      },
    );
    equipment.onPresenceLost?.(() => this.#line?.onPresenceLost());
    stage.change({ volunteer: identity.volunteer });
    this.#tell({ type: 'commanded', at: now(), command: 'start' });
    void this.#announce(blobs).then(() => this.#line?.start());
    this.#armVanishing();
  }

  command(command: Command): void {
    if (this.#mode === 'over') return;
    this.#mode = command === 'pause' ? 'paused' : command === 'start' ? 'on' : 'finishing';
    this.#tell({ type: 'commanded', at: now(), command });
    if (!this.#equipment && this.#mode === 'finishing') this.#stop();
    this.#show();
  }

  setWorkers(workers: number): void {
    this.#machine.setWorkers(workers);
    this.#equipment?.runtime.setWorkers(workers);
    this.#tick();
  }

  setDuty(duty: number): void {
    if (duty === this.#duty) return;
    this.#duty = duty;
    this.#equipment?.runtime.setDuty(duty);
  }

  setStorage(bytes: number): void {
    this.#machine.setStorage(bytes);
    this.#tick();
  }

  /** @throws {GridError} */
  async account(operation: AccountOperation): Promise<AccountView> {
    if (!this.#linked) throw new GridError('connection-lost', 'The grid is not connected.');
    return this.#accountCalls.ask(operation);
  }

  fail(reason: GridError): void {
    if (this.#mode === 'over') return;
    this.#stop();
    const { code, message } = reason;
    this.#stage.change({ state: 'failed', problem: { code, message } });
  }

  #tell(event: VolunteerEvent): void {
    if (this.#mode === 'over') return;
    for (const effect of this.#machine.step(event)) this.#perform(effect);
    this.#wakeLater();
  }

  #perform(effect: VolunteerEffect): void {
    switch (effect.type) {
      case 'send':
        return this.#send(effect.message);
      case 'open-job':
        this.#jobs.set(effect.job.jobId, effect.job);
        return this.#open(effect.job);
      case 'close-job':
        this.#jobs.delete(effect.jobId);
        return this.#runs?.closeJob(effect.jobId);
      case 'run':
        return void this.#runs?.run(effect);
      case 'kill-run':
        return this.#runs?.kill(effect.lease);
      case 'hold':
        return this.#runs?.hold(effect.held);
      case 'fetch':
        this.#show('fetching');
        return this.#exchange?.fetch(effect.shard, effect.from);
      case 'persist':
        // Where there is no room it stays in memory as long as the tab does.
        return void this.#blobs?.persist(effect.shard).catch(() => {});
      case 'drop-shard':
        return void this.#drop(effect.shard);
      case 'stopped':
        if (this.#outputs.isEmpty) return this.#stop();
        return void this.#outputs
          .drained(DRAIN_MS)
          .then(() => this.#mode !== 'over' && this.#stop());
      default:
        unreachable(effect);
    }
  }

  #send(message: Parameters<CoordinatorLine['send']>[0]): void {
    if (this.#fault.silent) return;
    this.#line?.send(message);
    if (message.type === 'results') this.#count({ busyMs: message.busyMs });
    if (message.type === 'task-failed') this.#count({ busyMs: message.busyMs, failed: 1 });
  }

  #count({ busyMs, done = 0, failed = 0 }: { busyMs?: number; done?: number; failed?: number }) {
    const view = this.#stage.view();
    this.#stage.change({
      busyMs: view.busyMs + (busyMs ?? 0),
      tasksDone: view.tasksDone + done,
      tasksFailed: view.tasksFailed + failed,
    });
  }

  #onMessage(message: GridMessage): void {
    switch (message.type) {
      case 'shard':
        return this.#exchange?.onShard(message.shard, message.bytes);
      case 'shard-absent':
        return this.#exchange?.onAbsent(message.shard);
      case 'holders':
        this.#exchange?.onHolders(message.shard, message.peers);
        return this.#tell({ type: 'message-received', at: now(), message });
      case 'shard-part':
        return this.#exchange?.onPart(message);
      case 'task-space-answer':
        return this.#spaceCalls.onAnswer(message);
      case 'account-answer':
        return this.#accountCalls.onAnswer(message);
      case 'fetch':
        return void this.#serveCoordinator(message.shard);
      case 'fetch-part':
        return void this.#servePart(message);
      case 'drop-shards':
        return this.#onUnwanted(message);
      case 'challenge-shard':
        return void this.#prove(message.shard, message.nonce);
      default:
        return this.#tell({ type: 'message-received', at: now(), message });
    }
  }

  /** What a task wrote here is with the coordinator; other shards are the machine's. */
  #onUnwanted(message: Extract<GridMessage, { type: 'drop-shards' }>): void {
    const shards = this.#outputs.release(message.shards);
    if (shards.length === 0) return;
    this.#tell({ type: 'message-received', at: now(), message: { ...message, shards } });
  }

  #onUp(road: Road, grid: string): void {
    this.#linked = true;
    this.#stage.change({ road, grid, problem: undefined });
    this.#tell({ type: 'linked', at: now() });
    this.#spaceCalls.onUp();
    this.#show();
  }

  #onDown(reason: GridError): void {
    const { code, message } = reason;
    this.#stage.change({ problem: { code, message } });
    if (this.#linked) this.#tell({ type: 'unlinked', at: now() });
    this.#linked = false;
    this.#accountCalls.onDown(reason);
    this.#show();
  }

  #onRunning(running: number, jobId: JobId | undefined): void {
    const job = jobId && this.#jobs.get(jobId);
    this.#stage.change(job ? { running, job: shown(job) } : { running });
    // What was just computed leaves first: it is sent at the end of this turn, and drawing a page takes longer.
    queueMicrotask(() => this.#show());
  }

  #onResults(jobId: JobId, from: number, values: Uint8Array): void {
    const column = Column.parse(from, values);
    this.#count({ done: column.count });
    if (!this.#stage.wantsPictures() || !this.#jobs.get(jobId)?.view) return;
    for (let index = column.from; index < column.to; index++) {
      if (!this.#mayPaint()) return;
      this.#stage.paint({
        kind: 'result',
        jobId,
        index,
        value: unwrapOutput(column.decode(index)).value,
      });
    }
  }

  /** The person at this device has the last word on what runs here. */
  #open(job: JobMessage): void {
    if (this.#options.accepts?.(shown(job)) ?? true) return void this.#runs?.open(job);
    const { jobId } = job;
    const refusal = { code: 'job-declined', message: 'Declined by the volunteer.' } as const;
    queueMicrotask(() => this.#tell({ type: 'job-refused', at: now(), jobId, ...refusal }));
  }

  #onWorked(jobId: JobId, work: Omit<DonationWork, 'job'>): void {
    const job = this.#jobs.get(jobId);
    if (job) this.#stage.worked({ ...work, job: shown(job) });
  }

  #picture(picture: DonationPicture): void {
    if (this.#stage.wantsPictures() && this.#mayPaint()) this.#stage.paint(picture);
  }

  /** Decoding pictures must not cost more than computing them. */
  #mayPaint(): boolean {
    const at = performance.now();
    if (at - this.#pictures.since > 1_000) this.#pictures = { since: at, count: 0 };
    this.#pictures.count += 1;
    return this.#pictures.count <= PICTURES_PER_SECOND;
  }

  #onStored(shard: ShardId, bytes: number, from: PeerId): void {
    const view = this.#stage.view();
    const fromCoordinator = from === COORDINATOR_PEER_ID;
    this.#stage.change({
      shardsFromCoordinator: view.shardsFromCoordinator + (fromCoordinator ? 1 : 0),
      shardsFromTabs: view.shardsFromTabs + (fromCoordinator ? 0 : 1),
    });
    this.#tell({ type: 'shard-stored', at: now(), shard, bytes });
    this.#showShards();
    this.#show();
  }

  #onFetchFailed(shard: ShardId, from: PeerId, reason: GridError): void {
    this.#tell({ type: 'fetch-failed', at: now(), shard, from, code: reason.code });
  }

  async #drop(shard: ShardId): Promise<void> {
    await this.#blobs?.delete(shard);
    this.#tell({ type: 'shard-dropped', at: now(), shard });
    this.#showShards();
  }

  /** What an earlier visit left in the store is told before anything else. */
  async #announce(blobs: Blobs): Promise<void> {
    const held = await blobs.list().catch(() => []);
    for (const { shard, bytes } of held) {
      this.#tell({ type: 'shard-stored', at: now(), shard, bytes, isFound: true });
    }
    this.#showShards();
  }

  #showShards(): void {
    const { shards, shardBytes } = this.#machine.view();
    this.#stage.change({ shards, shardBytes });
  }

  #server(blobs: Blobs) {
    return {
      read: async (shard: ShardId) => this.#fault.shard(await blobs.get(shard)),
      part: (shard: ShardId, range: Range) => this.#parts.part(shard, range),
      onServed: () => this.#stage.change({ shardsServed: this.#stage.view().shardsServed + 1 }),
    };
  }

  async #shardForTask(shard: ShardId): Promise<Uint8Array> {
    const own = await this.#blobs?.get(shard);
    if (own) return own;
    const bytes = await this.#exchange?.get(shard, () => {
      this.#line?.send({ type: 'locate', shard });
    });
    if (bytes) return bytes;
    throw toGridError(new Error('The donation ends.'), 'closed');
  }

  /** Undefined where it is here as a whole, or should be. */
  async #partForTask(shard: ShardId, range: Range, tree: Uint8Array) {
    if (await this.#blobs?.has(shard)) return undefined;
    return this.#exchange?.getPart(shard, range, tree, () => {
      this.#line?.send({ type: 'locate', shard });
    });
  }

  async #serveCoordinator(shard: ShardId): Promise<void> {
    const bytes = await this.#held(shard);
    this.#send(bytes ? { type: 'shard', shard, bytes } : { type: 'shard-absent', shard });
  }

  async #servePart({ shard, from, to }: Range & { shard: ShardId }): Promise<void> {
    const part = await this.#parts.part(shard, { from, to }).catch(() => undefined);
    const { bytes, leaves } = part ?? { bytes: new Uint8Array(0), leaves: new Uint8Array(0) };
    this.#send({ type: 'shard-part', shard, from, to, bytes, leaves });
  }

  async #prove(shard: ShardId, nonce: Uint8Array): Promise<void> {
    const bytes = await this.#held(shard);
    const proof = { type: 'shard-proof' as const, shard, nonce };
    this.#send(bytes ? { ...proof, digest: await shardProof(nonce, bytes) } : proof);
  }

  async #held(shard: ShardId): Promise<Uint8Array | undefined> {
    const output = this.#outputs.get(shard);
    return this.#fault.shard(output ?? (await this.#blobs?.get(shard).catch(() => undefined)));
  }

  #armVanishing(): void {
    const ms = this.#fault.vanishAfterMs;
    if (ms === undefined) return;
    setTimeout(() => {
      this.#line?.cut();
      this.fail(toGridError(new Error('Vanished on purpose.'), 'closed'));
    }, ms);
  }

  #show(working?: DonationState): void {
    if (this.#mode === 'over') return;
    this.#stage.change({ state: this.#state(working) });
  }

  #state(working: DonationState | undefined): DonationState {
    if (this.#mode === 'finishing') return 'finishing';
    if (this.#mode === 'paused') return 'paused';
    if (!this.#linked) return this.#stage.view().road ? 'reconnecting' : 'connecting';
    if (this.#stage.view().running > 0) return 'computing';
    return working ?? 'waiting';
  }

  #wakeLater(): void {
    const at = this.#machine.wakeAt();
    if (at !== undefined) this.#ticker.after(Math.max(0, at - now()));
  }

  #tick(): void {
    this.#tell({ type: 'tick', at: now() });
  }

  #stop(): void {
    this.#mode = 'over';
    this.#ticker.close();
    this.#spaceCalls.close();
    this.#accountCalls.onDown(new GridError('closed', 'The tab leaves.'));
    this.#line?.close();
    this.#exchange?.close();
    this.#runs?.close();
    if (this.#equipment) void release(this.#equipment);
    this.#stage.change({ state: 'idle', running: 0, road: undefined, job: undefined });
    this.#stage.over();
  }
}

function shown({ jobId, name, purpose, submitter, view }: JobMessage): DonationJob {
  return { jobId, name, purpose, submitter, view };
}

/** Gives the line a moment to say goodbye before its transports close. */
async function release({ runtime, blobs, transports }: Equipment): Promise<void> {
  runtime.close();
  await new Promise((resolve) => setTimeout(resolve, LIMITS.HEARTBEAT_MS / 10));
  for (const transport of transports) await transport.close();
  await blobs.close();
}

/** Of the page, whatever somebody sets it to; a sleep has passed when it is over. */
const clock = new SteadyClock(Date.now);

function now(): number {
  return clock.now();
}
