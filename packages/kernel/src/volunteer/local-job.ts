import {
  assert,
  type JobId,
  type JobMessage,
  type ShardId,
  type ShardRef,
} from '@manytabs/protocol';

export type LocalJobState =
  /** Announced; nothing of it is here. */
  | 'known'
  /** Its module and files are being fetched. */
  | 'gathering'
  /** All is here; it waits for its sandbox. */
  | 'ready'
  | 'opening'
  | 'open'
  /** The runtime cannot run it. */
  | 'refused';

const NEXT: Record<LocalJobState, readonly LocalJobState[]> = {
  known: ['gathering', 'ready'],
  gathering: ['ready', 'known'],
  ready: ['opening', 'gathering', 'known'],
  opening: ['open', 'refused', 'known'],
  open: ['known'],
  refused: [],
};

/** A job as this volunteer knows it. */
export class LocalJob {
  readonly message: JobMessage;
  /** Shards of the module and the files that are not here yet. */
  readonly missing = new Set<ShardId>();
  /** Leases held. */
  leases = 0;
  /** Computing time that it got here. */
  busyMs = 0;
  /** Since when it has had none. */
  idleSince = 0;
  #state: LocalJobState = 'known';

  constructor(message: JobMessage) {
    this.message = message;
  }

  get jobId(): JobId {
    return this.message.jobId;
  }

  get state(): LocalJobState {
    return this.#state;
  }

  moveTo(state: LocalJobState): void {
    assert(NEXT[this.#state].includes(state), `a job goes from ${this.#state} to ${state}`);
    this.#state = state;
  }

  /** The module and every piece of every file, each once. */
  shards(): ShardRef[] {
    const { module, files } = this.message.program;
    const refs = new Map<ShardId, ShardRef>([[module.code.shard, module.code]]);
    for (const file of files) for (const ref of file.shards) refs.set(ref.shard, ref);
    return [...refs.values()];
  }

  /** Whether its shards are in use: fetched, or held by a sandbox. */
  get isActive(): boolean {
    return this.#state !== 'known' && this.#state !== 'refused';
  }

  get hasSandbox(): boolean {
    return this.#state === 'opening' || this.#state === 'open';
  }
}
