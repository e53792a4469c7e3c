import {
  base32,
  type CoordinatorMessage,
  GridError,
  type LeaseId,
  LIMITS,
  type VolunteerMessage,
} from '@manytabs/protocol';
import { TokenBucket } from '@manytabs/transport';
import { randomBytes } from '../identity/crypto.ts';

type Ask = Extract<VolunteerMessage, { type: 'task-space' }>;
type Answer = Extract<CoordinatorMessage, { type: 'task-space-answer' }>;

/** Of all tasks of this tab. */
const RATE = { burst: 100, perSecond: 50 };
const ANSWER_MS = 120_000;
const PAUSE_MS = 20;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Call {
  readonly ask: Ask;
  readonly timer: ReturnType<typeof setTimeout>;
  resolve(value: Uint8Array): void;
  reject(reason: GridError): void;
}

/** What tasks here ask of the space. A call that a lost link left open is asked again, under its name, on the next. */
export class SpaceCalls {
  readonly #send: (ask: Ask) => void;
  readonly #now: () => number;
  readonly #rate: TokenBucket;
  readonly #calls = new Map<string, Call>();
  /** Calls that wait for their turn. */
  #early = 0;
  #isClosed = false;

  constructor(send: (ask: Ask) => void, now: () => number) {
    this.#send = send;
    this.#now = now;
    this.#rate = new TokenBucket(RATE, now());
  }

  /**
   * Who asks more often than the rate waits for its turn.
   * @throws {GridError} `rate-limited`, `timeout`, what the grid has against it
   */
  async ask(lease: LeaseId, operation: Uint8Array): Promise<Uint8Array> {
    if (this.#calls.size + this.#early >= LIMITS.TASK_SPACE_CALLS_MAX) {
      throw new GridError('rate-limited', 'Tasks here ask the space for too much at once.');
    }
    this.#early += 1;
    while (!this.#rate.take(this.#now())) await pause(PAUSE_MS);
    this.#early -= 1;
    return this.#begin(lease, operation);
  }

  #begin(lease: LeaseId, operation: Uint8Array): Promise<Uint8Array> {
    if (this.#isClosed) throw new GridError('closed', 'The tab leaves.');
    const call = base32(randomBytes(15), 24);
    const ask: Ask = { type: 'task-space', lease, call, operation };
    return new Promise((resolve, reject) => {
      const late = () => this.#end(call)?.reject(new GridError('timeout', 'No answer came.'));
      this.#calls.set(call, { ask, timer: setTimeout(late, ANSWER_MS), resolve, reject });
      this.#send(ask);
    });
  }

  onAnswer({ call, value, code, message = '' }: Answer): void {
    const open = this.#end(call);
    if (value) open?.resolve(value);
    else open?.reject(new GridError(code ?? 'internal', message));
  }

  onUp(): void {
    for (const { ask } of this.#calls.values()) this.#send(ask);
  }

  close(): void {
    this.#isClosed = true;
    for (const call of [...this.#calls.keys()]) {
      this.#end(call)?.reject(new GridError('closed', 'The tab leaves.'));
    }
  }

  #end(call: string): Call | undefined {
    const open = this.#calls.get(call);
    this.#calls.delete(call);
    clearTimeout(open?.timer);
    return open;
  }
}
