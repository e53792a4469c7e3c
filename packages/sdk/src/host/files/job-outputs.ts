import type {
  FileOp,
  JobId,
  KeyValue,
  LeaseId,
  SessionId,
  ShardId,
  VolunteerMessage,
} from '@manytabs/protocol';
import { LIMITS } from '@manytabs/protocol';
import type { Grant } from '../../access/grant.ts';
import type { CoordinatorHost } from '../coordinator-host.ts';
import { rowsOf } from '../records.ts';
import { decodeRow, isRun } from '../rows.ts';
import type { FileService } from './file-service.ts';
import { OutputFiler } from './output-filer.ts';
import { OutputIntake, type ResultsMessage } from './output-intake.ts';
import { outputFolder, putOutput } from './task-outputs.ts';

/** What tasks write, from a volunteer's word of it to files of the job's owner, below the job's own folder. */
export class JobOutputs {
  readonly #host: CoordinatorHost;
  readonly #service: FileService;
  readonly #filer: OutputFiler;
  readonly #intake: OutputIntake;

  constructor(host: CoordinatorHost, service: FileService, store: KeyValue) {
    this.#host = host;
    this.#service = service;
    const { origin, relay } = service.shelf;
    this.#intake = new OutputIntake({ origin, relay, noteJob: (id) => this.#filer.open(id) });
    this.#filer = new OutputFiler({
      store,
      rows: (jobId, from, bytes) => this.#rows(jobId, from, bytes),
      rowCount: (jobId) => host.rowCount(jobId),
      stateOf: (jobId) => host.machine.job(jobId)?.state,
      file: (jobId, output) =>
        putOutput(this.#askFor(jobId), outputFolder(this.#wholeOf(jobId)), output),
      onFiled: (jobId) => this.#intake.release(jobId),
      note: (text) => host.options.note('error', text),
    });
  }

  /** Whether a message of a volunteer has to wait until what it refers to is here. */
  concerns(message: VolunteerMessage): message is ResultsMessage {
    return message.type === 'results' && this.#intake.concerns(message);
  }

  /** The message as it may count, and what the volunteer need no longer keep. @throws {GridError} see OutputIntake */
  async take(
    session: SessionId,
    message: ResultsMessage,
  ): Promise<{ message: ResultsMessage; shards: readonly ShardId[] }> {
    const jobId = this.#jobOf(session, message.lease);
    // The machine says what is wrong with it.
    if (jobId === undefined) return { message, shards: [] };
    const { outputBytesMax } = this.#host.machine.spec(jobId)?.program ?? {};
    const bytesMax = outputBytesMax ?? LIMITS.OUTPUT_BYTES_MAX;
    return this.#intake.take(session, message, { jobId, bytesMax });
  }

  /** A vote of an earlier life. */
  adopt(jobId: JobId, values: Uint8Array): void {
    this.#intake.adopt(jobId, values);
  }

  recover(): Promise<void> {
    return this.#filer.recover();
  }

  resume(jobId: JobId): Promise<void> {
    return this.#filer.resume(jobId);
  }

  onJobChanged(jobId: JobId): void {
    this.#filer.onChanged(jobId);
  }

  settled(): Promise<void> {
    return this.#filer.settled();
  }

  get isBehind(): boolean {
    return this.#filer.isBehind;
  }

  close(): void {
    this.#filer.close();
  }

  #jobOf(session: SessionId, lease: LeaseId): JobId | undefined {
    return this.#host.machine.jobOfLease(session, lease);
  }

  /** What the parts of a job write is what it writes. */
  #wholeOf(jobId: JobId): JobId {
    return this.#host.machine.spec(jobId)?.part?.jobs[0] ?? jobId;
  }

  #askFor(jobId: JobId): (op: FileOp) => Promise<unknown> {
    const owner = this.#host.machine.job(jobId)?.owner ?? 'owner';
    const grant: Grant = { scope: 'admin', owner };
    return (op) => this.#service.carryOut(op, grant);
  }

  async #rows(jobId: JobId, from: number, bytes: number) {
    const records = await this.#host.options.journal.read(rowsOf(jobId), from, bytes);
    return records.map((record) => {
      const row = decodeRow(record);
      return isRun(row) ? row.values : undefined;
    });
  }
}
