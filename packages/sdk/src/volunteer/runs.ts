import type { VolunteerEffect, VolunteerEvent } from '@manytabs/kernel';
import {
  type ErrorCode,
  GridError,
  type JobId,
  type JobMessage,
  type LeaseId,
  LIMITS,
  mayHaveFiles,
  type ShardId,
  toGridError,
} from '@manytabs/protocol';
import type { JobRunner, Run, RunListener, Runtime } from '@manytabs/runtime';
import {
  findInput,
  type InputFile,
  readInput,
  type ShardReader,
  splitInputs,
} from '../input-files.ts';
import { referOutputs } from '../output-files.ts';
import type { Misbehaviour } from './misbehaviour.ts';
import { ReportLine } from './report-line.ts';
import { type Picture, shrunk } from './shrunk.ts';
import type { TabBlobs } from './tab-blobs.ts';

type RunEffect = Extract<VolunteerEffect, { type: 'run' }>;
type Tell = (event: VolunteerEvent) => void;

const SHOWN_EVERY_MS = 1_000;

export interface RunReports {
  tell: Tell;
  now: () => number;
  /** A shard of an input file, from wherever it is. */
  shard(shard: ShardId): Promise<Uint8Array>;
  /** A part of one, without the rest of it; undefined where the whole shard is to be asked for. */
  part: ShardReader['part'];
  /** Keeps a piece of what a task wrote until the grid has it; false where there is no room. */
  keepOutput(shard: ShardId, bytes: Uint8Array): boolean;
  onResults(jobId: JobId, from: number, values: Uint8Array): void;
  onWorked(jobId: JobId, work: { done: number; failed: number; busyMs: number }): void;
  onPreview: (
    jobId: JobId,
    index: number,
    image: { width: number; height: number; rgba: Uint8Array },
  ) => void;
  /** The same for who submitted it, small. */
  onShown(lease: LeaseId, index: number, image: Picture): void;
  onProgress(lease: LeaseId, index: number, fraction: number, note: string): void;
  onLog(lease: LeaseId, index: number, text: string): void;
  onCheckpoint(lease: LeaseId, index: number, state: Uint8Array): void;
  /** Asks the grid for what the tasks of a job share. @throws {GridError} */
  space(lease: LeaseId, operation: Uint8Array): Promise<Uint8Array>;
  onRunningChanged(running: number, jobId: JobId | undefined): void;
}

/** Opens jobs in the runtime and runs leases in them; everything that happens becomes an event of the machine. */
export class Runs {
  readonly #runtime: Runtime;
  readonly #blobs: TabBlobs;
  readonly #reports: RunReports;
  readonly #fault: Misbehaviour;
  readonly #runners = new Map<JobId, JobRunner>();
  readonly #runs = new Map<LeaseId, Run>();
  /** Jobs whose submitters look at pictures of the work. */
  readonly #shown = new Set<JobId>();
  #shownAt = Number.NEGATIVE_INFINITY;
  #held = false;

  constructor(runtime: Runtime, blobs: TabBlobs, fault: Misbehaviour, reports: RunReports) {
    this.#runtime = runtime;
    this.#blobs = blobs;
    this.#fault = fault;
    this.#reports = reports;
  }

  async open(job: JobMessage): Promise<void> {
    const { jobId } = job;
    try {
      const module = await this.#read(job.program.module.code.shard);
      const bytes = { module, files: await this.#files(job) };
      const runner = await this.#runtime.open(jobId, job.program, bytes, job.submitter);
      runner.hold(this.#held);
      this.#runners.set(jobId, runner);
      if (job.program.previews) this.#shown.add(jobId);
      this.#tell({ type: 'job-opened', jobId });
    } catch (thrown) {
      const { code, message } = toGridError(thrown, 'task-crashed');
      this.#tell({ type: 'job-refused', jobId, code, message });
    }
  }

  closeJob(jobId: JobId): void {
    this.#runners.get(jobId)?.close();
    this.#runners.delete(jobId);
    this.#shown.delete(jobId);
  }

  async run(effect: RunEffect): Promise<void> {
    const { lease, jobId, from, to, chunkFrom, check, checkpoint } = effect;
    try {
      const inputs = effect.chunk && splitInputs(await this.#read(effect.chunk.shard));
      const runner = this.#runners.get(jobId);
      if (!runner) throw new GridError('closed', 'The job was closed.');
      const listener = this.#listener(effect, inputs?.files);
      const request = { from, to, chunk: inputs?.chunk, chunkFrom, check, checkpoint };
      this.#runs.set(lease, runner.run(request, listener));
      this.#reports.onRunningChanged(this.#runs.size, jobId);
    } catch (thrown) {
      const { code, message } = toGridError(thrown, 'task-crashed');
      for (let index = from; index < to; index++) this.#failed(lease, index, code, message, 0);
      this.#end(lease);
    }
  }

  kill(lease: LeaseId): void {
    this.#runs.get(lease)?.kill();
    this.#forget(lease);
  }

  hold(held: boolean): void {
    this.#held = held;
    for (const runner of this.#runners.values()) runner.hold(held);
  }

  close(): void {
    for (const lease of [...this.#runs.keys()]) this.kill(lease);
    for (const runner of this.#runners.values()) runner.close();
    this.#runners.clear();
  }

  #listener({ lease, jobId }: RunEffect, files?: ReadonlyMap<string, InputFile>): RunListener {
    const reports = this.#reports;
    const line = new ReportLine(this.#fault.slowness);
    return {
      onResults: (from, count, values, busyMs) => {
        reports.onResults(jobId, from, values);
        reports.onWorked(jobId, { done: count, failed: 0, busyMs });
        let shown = this.#fault.values(from, values);
        if (mayHaveFiles(shown)) {
          line.wait(async () => {
            shown = await referOutputs(shown, (shard, bytes) => reports.keepOutput(shard, bytes));
          });
        }
        const ran = { type: 'tasks-ran', lease, from, count } as const;
        line.push(busyMs, (paidMs) => this.#tell({ ...ran, values: shown, busyMs: paidMs }));
      },
      onTaskFailed: (index, code, message, busyMs) => {
        reports.onWorked(jobId, { done: 0, failed: 1, busyMs });
        line.push(busyMs, (paidMs) => this.#failed(lease, index, code, message, paidMs));
      },
      onProgress: (index, fraction, note) => reports.onProgress(lease, index, fraction, note),
      onLog: (index, text) => reports.onLog(lease, index, text),
      onCheckpoint: (index, state) => reports.onCheckpoint(lease, index, state),
      onPreview: (index, image) => {
        reports.onPreview(jobId, index, image);
        if (this.#shown.has(jobId)) this.#show(lease, index, image);
      },
      onRead: (path, offset, length) => this.#readFile(files, path, offset, length),
      onSpace: (operation) => reports.space(lease, operation),
      onEnd: () => line.push(0, () => this.#end(lease)),
    };
  }

  #failed(lease: LeaseId, index: number, code: ErrorCode, message: string, busyMs: number): void {
    this.#tell({ type: 'task-failed', lease, index, code, message, busyMs });
  }

  #show(lease: LeaseId, index: number, image: Picture): void {
    const now = this.#reports.now();
    if (now - this.#shownAt < SHOWN_EVERY_MS) return;
    this.#shownAt = now;
    this.#reports.onShown(lease, index, shrunk(image, LIMITS.PREVIEW_PIXELS_MAX));
  }

  #end(lease: LeaseId): void {
    this.#forget(lease);
    this.#tell({ type: 'run-ended', lease });
  }

  #forget(lease: LeaseId): void {
    if (this.#runs.delete(lease)) this.#reports.onRunningChanged(this.#runs.size, undefined);
  }

  #tell(event: WithoutAt<VolunteerEvent>): void {
    this.#reports.tell({ ...event, at: this.#reports.now() } as VolunteerEvent);
  }

  async #readFile(
    files: ReadonlyMap<string, InputFile> | undefined,
    path: string,
    offset: number,
    length: number,
  ): Promise<Uint8Array> {
    const file = files && findInput(files, path);
    if (file) return readInput(file, offset, length, this.#reports);
    throw new GridError('file-missing', `The job has no file "${path.slice(0, 200)}".`);
  }

  async #files(job: JobMessage): Promise<Map<string, Uint8Array>> {
    const files = new Map<string, Uint8Array>();
    for (const file of job.program.files) {
      const bytes = new Uint8Array(file.bytes);
      let at = 0;
      for (const { shard } of file.shards) {
        const piece = await this.#read(shard);
        if (at + piece.length > bytes.length) break;
        bytes.set(piece, at);
        at += piece.length;
      }
      if (at !== file.bytes) throw new GridError('shard-corrupt', `${file.path} has another size.`);
      files.set(file.path, bytes);
    }
    return files;
  }

  async #read(shard: ShardId): Promise<Uint8Array> {
    const bytes = this.#blobs.peek(shard) ?? (await this.#blobs.get(shard));
    if (bytes) return bytes;
    throw new GridError('shard-missing', `Shard ${shard.slice(0, 8)}… is not stored here.`);
  }
}

type WithoutAt<Event> = Event extends unknown ? Omit<Event, 'at'> : never;
