import {
  coordinatorMessageSchema,
  decodeFrame,
  GridError,
  type JobId,
  type Lane,
  LIMITS,
  type Link,
  type SubmitterMessage,
  type ToSubmitterMessage,
  type Transport,
  toGridError,
  toSubmitterMessageSchema,
  z,
} from '@manytabs/protocol';
import type { Alternatives } from '../link/alternatives.ts';
import { Outbox, type Outgoing } from '../link/outbox.ts';
import { ReconnectingLink } from '../link/reconnecting-link.ts';
import type { RowCursor } from '../row-cursor.ts';

type Request = Extract<SubmitterMessage, { request: number }>;
export type RequestBody = Request extends infer R
  ? R extends Request
    ? Omit<R, 'request'>
    : never
  : never;
export type Streamed = Extract<ToSubmitterMessage, { watch: number }>;

export type ConnectionState = 'connected' | 'reconnecting' | 'closed';

interface StreamListener {
  onMessage(message: Streamed): void;
  onRefused(reason: GridError): void;
}

interface Call {
  readonly message: Request;
  resolve(value: unknown): void;
  reject(reason: GridError): void;
}

/** A part's rows before `cursor`. */
export interface TakenRows {
  readonly part: number;
  readonly cursor: number;
}

const WATCHES: ReadonlySet<string> = new Set(['watch-job', 'watch-space']);

const incomingSchema = z.union([toSubmitterMessageSchema, coordinatorMessageSchema]);
type Incoming = z.infer<typeof incomingSchema>;

/**
 * A submitter's line to the grid. It reconnects by itself; a request that was not answered is asked again on the new
 * link, which is safe because every request of the protocol may be repeated.
 */
export class Connection {
  readonly #link: ReconnectingLink;
  readonly #introduction: { readonly token: string; readonly agent: string };
  readonly #alternatives: Alternatives | undefined;
  readonly #calls = new Map<number, Call>();
  readonly #watchers = new Map<number, StreamListener>();
  readonly #stateListeners = new Set<(state: ConnectionState) => void>();
  readonly #upListeners = new Set<() => void>();
  readonly #opened: Promise<void>;
  #outbox: Outbox | undefined;
  #accepted: () => void = () => {};
  #attached = false;
  #state: ConnectionState = 'reconnecting';
  #requests = 0;
  #onOpen: { resolve(): void; reject(reason: GridError): void } | undefined;

  constructor(
    transports: readonly Transport[],
    options: { token: string; agent: string; alternatives?: Alternatives | undefined },
  ) {
    const { token, agent, alternatives } = options;
    this.#introduction = { token, agent };
    this.#alternatives = alternatives;
    this.#opened = new Promise((resolve, reject) => {
      this.#onOpen = { resolve, reject };
    });
    this.#link = new ReconnectingLink(transports, {
      onLink: (link, accepted) => this.#onLink(link, accepted),
      onFrame: (lane, frame) => this.#onFrame(lane, frame),
      onDown: (reason) => this.#onDown(reason),
      onFatal: (reason) => this.#end(reason),
    });
    this.#link.start();
  }

  /** What only this submitter knows: its jobs by key are nobody else's. */
  get secret(): string {
    return this.#introduction.token;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Resolves on the first attached link; the first failure to reach the grid rejects it. */
  opened(): Promise<void> {
    return this.#opened;
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Called on every new link after the first. */
  onAgain(listener: () => void): () => void {
    this.#upListeners.add(listener);
    return () => this.#upListeners.delete(listener);
  }

  request(body: RequestBody): Promise<unknown> {
    if (this.#state === 'closed') return Promise.reject(closed());
    this.#requests += 1;
    const message = { ...body, request: this.#requests } as Request;
    return new Promise((resolve, reject) => {
      this.#calls.set(message.request, { message, resolve, reject });
      if (this.#attached) this.#outbox?.push(message);
    });
  }

  #tell(message: Exclude<SubmitterMessage, { request: number } | { type: 'attach' }>): void {
    if (this.#attached) this.#outbox?.push(message);
  }

  /**
   * Watches a job from a row on, across reconnects: `after` is asked for anew on every link.
   * @returns stops watching
   */
  watch(
    options: {
      jobId: JobId;
      rows: boolean;
      after: () => RowCursor;
      ordered?: boolean;
      events?: boolean;
      provisional?: boolean;
    },
    listener: StreamListener,
  ): { taken(rows: TakenRows): void; stop(): void } {
    const { jobId, rows, ordered = false, events = false, provisional = false } = options;
    const wanted = { rows, ordered, events, provisional };
    const ask = () => ({ type: 'watch-job', jobId, after: options.after(), ...wanted }) as const;
    const stream = this.#stream(ask, listener);
    return {
      taken: (taken) => this.#tell({ type: 'rows-taken', watch: stream.watch, ...taken }),
      stop: () => {
        stream.end();
        this.#tell({ type: 'unwatch-job', watch: stream.watch });
      },
    };
  }

  /** All under a prefix of the space, now and after each change, across reconnects. @returns stops watching */
  watchSpace(prefix: string, listener: StreamListener): () => void {
    const stream = this.#stream(() => ({ type: 'watch-space', prefix }), listener);
    return () => {
      stream.end();
      this.#tell({ type: 'unwatch-space', watch: stream.watch });
    };
  }

  /** Asks on every link anew. */
  #stream(ask: () => RequestBody, listener: StreamListener): { watch: number; end(): void } {
    const begin = () => {
      this.#watchers.delete(stream.watch);
      const asked = this.request(ask());
      stream.watch = this.#requests;
      this.#watchers.set(stream.watch, listener);
      asked.catch((reason) => listener.onRefused(toGridError(reason, 'connection-lost')));
    };
    const stream = {
      watch: 0,
      end: () => {
        forget();
        this.#watchers.delete(stream.watch);
      },
    };
    const forget = this.onAgain(begin);
    begin();
    return stream;
  }

  close(): void {
    this.#link.close();
    this.#end(closed());
  }

  #onLink(link: Link, accepted: () => void): void {
    this.#outbox = new Outbox(link, (message, reason) => this.#onUnsendable(message, reason));
    this.#accepted = accepted;
  }

  #onFrame(lane: Lane, frame: Uint8Array): void {
    const bytesMax = lane === 'control' ? LIMITS.CONTROL_BYTES_MAX : LIMITS.BULK_BYTES_MAX;
    try {
      const messages = decodeFrame<Incoming>(frame, incomingSchema, bytesMax);
      for (const message of messages) this.#onMessage(message);
    } catch (thrown) {
      this.#link.fail(toGridError(thrown, 'frame-malformed'));
    }
  }

  #onMessage(message: Incoming): void {
    switch (message.type) {
      case 'challenge':
        return this.#outbox?.push({ type: 'attach', ...this.#introduction });
      case 'attached':
        void this.#learn(message.servers);
        return this.#onAttached();
      case 'answer':
        return this.#take(message.request)?.resolve(message.value);
      case 'refused':
        return this.#onRefusal(message.request, GridError.fromRecord(message));
      case 'rows':
      case 'job-progress':
      case 'job-events':
      case 'provisional':
      case 'space-changes':
        return this.#watchers.get(message.watch)?.onMessage(message);
      case 'servers':
        return void this.#learn(message.servers);
      case 'reject':
        return this.#link.fail(new GridError(message.code, message.message));
      default:
        this.#link.fail(new GridError('frame-unexpected', `Not for a submitter: ${message.type}.`));
    }
  }

  async #learn(servers: readonly string[] = []): Promise<void> {
    this.#link.offer((await this.#alternatives?.learn(servers)) ?? []);
  }

  #onAttached(): void {
    this.#accepted();
    this.#attached = true;
    const again = this.#onOpen === undefined;
    this.#onOpen?.resolve();
    this.#onOpen = undefined;
    for (const call of [...this.#calls.values()]) {
      // A watch begins anew, from where it is now.
      if (again && WATCHES.has(call.message.type)) this.#take(call.message.request)?.resolve(null);
      else this.#outbox?.push(call.message);
    }
    this.#change('connected');
    if (again) for (const listener of this.#upListeners) listener();
  }

  #onDown(reason: GridError): void {
    this.#attached = false;
    this.#outbox = undefined;
    if (this.#onOpen) return this.#end(reason);
    this.#change('reconnecting');
  }

  #end(reason: GridError): void {
    this.#attached = false;
    this.#link.close();
    this.#onOpen?.reject(reason);
    this.#onOpen = undefined;
    for (const call of this.#calls.values()) call.reject(reason);
    this.#calls.clear();
    this.#change('closed');
  }

  /** It would be refused over every link. */
  #onUnsendable(message: Outgoing, reason: GridError): void {
    if ('request' in message) this.#onRefusal(message.request, reason);
    else this.#link.fail(reason);
  }

  /** Of a watch also later, when nothing is left to watch. */
  #onRefusal(request: number, reason: GridError): void {
    const call = this.#take(request);
    if (call) call.reject(reason);
    else this.#watchers.get(request)?.onRefused(reason);
  }

  #take(request: number): Call | undefined {
    const call = this.#calls.get(request);
    this.#calls.delete(request);
    return call;
  }

  #change(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }
}

function closed(): GridError {
  return new GridError('closed', 'The connection to the grid is closed.');
}
