import {
  decodeValue,
  encodeValue,
  GridError,
  type JobId,
  type LeaseId,
  type SessionId,
  type SpaceOperation,
  type TaskSpaceOperation,
  taskSpaceOperationSchema,
  toGridError,
  type VolunteerMessage,
} from '@manytabs/protocol';
import { TokenBucket } from '@manytabs/transport';
import type { CoordinatorHost } from '../coordinator-host.ts';
import { Space } from './space.ts';

type Ask = Extract<VolunteerMessage, { type: 'task-space' }>;

const WAITING_MAX = 64;
/** Twice what an honest tab asks at most. */
const RATE = { burst: 200, perSecond: 100 };

/** The space as tasks see it: below the prefix of their job, for as long as their tab holds the lease. */
export class TaskSpaces {
  readonly #host: CoordinatorHost;
  readonly #waiting = new Map<SessionId, Map<string, AbortController>>();
  readonly #rates = new Map<SessionId, TokenBucket>();

  constructor(host: CoordinatorHost) {
    this.#host = host;
  }

  /** Answers with what it gave, or why it gave nothing. */
  async onAsk(session: SessionId, { lease, call, operation }: Ask): Promise<void> {
    const answer = await this.#perform(session, lease, call, operation).then(
      (value) => ({ value: encodeValue(value) }),
      (thrown) => {
        const { code, message } = toGridError(thrown, 'storage-failed');
        return { code, message: message.slice(0, 500) };
      },
    );
    this.#host.volunteers.get(session)?.send({ type: 'task-space-answer', call, ...answer });
  }

  /** What it waited for is for others. */
  onGone(session: SessionId): void {
    for (const waiting of this.#waiting.get(session)?.values() ?? []) waiting.abort();
    this.#waiting.delete(session);
    this.#rates.delete(session);
  }

  /** @throws {GridError} `rate-limited` */
  #count(session: SessionId): void {
    const now = this.#host.now();
    const rate = this.#rates.get(session) ?? new TokenBucket(RATE, now);
    this.#rates.set(session, rate);
    if (!rate.take(now)) throw new GridError('rate-limited', 'One tab asks too often.');
  }

  async #perform(
    session: SessionId,
    lease: LeaseId,
    call: string,
    bytes: Uint8Array,
  ): Promise<unknown> {
    this.#count(session);
    const { prefix, owner } = this.#placeOf(this.#host.machine.jobOfLease(session, lease));
    const asked = taskSpaceOperationSchema.safeParse(decodeValue(bytes));
    if (!asked.success) throw new GridError('input-invalid', 'A task asked for what there is not.');
    const { keyValue, clock } = this.#host.options;
    if (!keyValue) throw new GridError('space-refused', 'This grid keeps no shared values.');
    const space = new Space(keyValue, owner, clock);
    const value = await this.#abortable(session, call, (signal) =>
      space.perform(below(prefix, asked.data, call), signal),
    );
    return asked.data.do === 'acquire' ? { ...(value as object), holder: call } : value;
  }

  /** @throws {GridError} `space-refused` */
  #placeOf(jobId: JobId | undefined): { prefix: string; owner: string } {
    const { machine } = this.#host;
    const prefix = jobId && machine.spec(jobId)?.program.space;
    const owner = jobId && machine.job(jobId)?.owner;
    if (prefix && owner) return { prefix, owner };
    throw new GridError('space-refused', 'This task is of no job that asked for a space.');
  }

  async #abortable<T>(
    session: SessionId,
    call: string,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const waiting = this.#waiting.get(session) ?? new Map<string, AbortController>();
    if (waiting.size >= WAITING_MAX) {
      throw new GridError('rate-limited', `One tab waits for at most ${WAITING_MAX} things.`);
    }
    const controller = new AbortController();
    this.#waiting.set(session, waiting.set(call, controller));
    try {
      return await work(controller.signal);
    } finally {
      waiting.delete(call);
    }
  }
}

/** The name of the call makes what is repeated after a lost link one deed. */
function below(prefix: string, asked: TaskSpaceOperation, call: string): SpaceOperation {
  const operation = { ...asked, key: `${prefix}/${asked.key}` };
  switch (operation.do) {
    case 'put':
      return { ...operation, nonce: call };
    case 'acquire':
      return { ...operation, holder: call, permits: 1 };
    case 'add':
      return { ...operation, client: call, sequence: 1 };
    default:
      return operation;
  }
}
