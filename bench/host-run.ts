import { COORDINATOR_PEER_ID, jobId, type PeerId } from '@manytabs/protocol';
import { CountedBlobs, MemoryBlobs, MemoryJournal, shardIdOf } from '@manytabs/storage';
import { SqliteJournal } from '@manytabs/storage/node';
import { MemoryNetwork } from '@manytabs/transport';
import { CoordinatorHost } from 'manytabs/host';
import { DrivenVolunteer } from './driven-volunteer.ts';
import { specOf } from './kernel-run.ts';

const JOB = jobId(new Uint8Array(13).fill(9));
const CODE = new TextEncoder().encode('export default () => 1;');
const LOOK_MS = 1;

/** The coordinator's host over a journal, and volunteers that answer at once, in this process over memory. */
export class HostRun {
  readonly #host: CoordinatorHost;
  readonly #network = new MemoryNetwork();
  readonly #volunteers: DrivenVolunteer[] = [];

  private constructor(host: CoordinatorHost) {
    this.#host = host;
    host.listen(this.#network.endpoint(COORDINATOR_PEER_ID));
  }

  /** On a SQLite file, or in memory; what the file says is there already. */
  static async open(path: string | undefined, { bundleGrowth = 4 } = {}): Promise<HostRun> {
    const journal = path === undefined ? new MemoryJournal() : new SqliteJournal(path);
    const host = new CoordinatorHost({
      grid: 'bench',
      version: 'bench',
      epoch: (await journal.epoch()) + 1,
      seed: 1,
      leaseKey: new Uint8Array(16),
      blobs: new CountedBlobs(new MemoryBlobs()),
      journal,
      clock: Date.now,
      authorise: () => ({ scope: 'admin', owner: 'bench' }),
      note: () => {},
      limits: { bundleGrowth },
    });
    await host.recover();
    return new HostRun(host);
  }

  get final(): number {
    return this.#host.machine.job(JOB)?.tasks.final ?? 0;
  }

  async submit(tasks: number, quorum: number): Promise<void> {
    const spec = specOf(tasks, quorum);
    const shard = await shardIdOf(CODE);
    await this.#host.options.blobs.put(shard, CODE);
    const module = { ...spec.program.module, code: { shard, bytes: CODE.length } };
    this.#host.step({
      type: 'job-submitted',
      at: this.#host.now(),
      jobId: JOB,
      owner: 'bench',
      spec: { ...spec, program: { ...spec.program, module } },
    });
  }

  async join(count: number, taskMs: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const peer = `bench-${this.#volunteers.length}` as PeerId;
      this.#volunteers.push(await DrivenVolunteer.join(this.#network.endpoint(peer), { taskMs }));
    }
  }

  /** Until so many tasks are final. */
  async reach(final: number): Promise<void> {
    while (this.final < final) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }

  async close(): Promise<void> {
    for (const volunteer of this.#volunteers) volunteer.leave();
    await this.#host.close();
  }
}
