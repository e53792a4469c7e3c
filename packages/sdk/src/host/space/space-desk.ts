import {
  GridError,
  type SpaceEntry,
  type SpaceOperation,
  type SubmitterMessage,
  toGridError,
} from '@manytabs/protocol';
import type { Space } from './space.ts';

const WAITING_MAX = 256;

export interface SpaceUser {
  answer(request: number, value: unknown): void;
  refuse(request: number, reason: GridError): void;
  tell(watch: number, entries: readonly SpaceEntry[]): void;
}

type Message<Type extends SubmitterMessage['type']> = Extract<SubmitterMessage, { type: Type }>;

/** One link's requests to a space. Those that wait hold up no others, and end with the link. */
export class SpaceDesk {
  readonly #space: Space;
  readonly #user: SpaceUser;
  /** What waits, by who could call it off. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(space: Space, user: SpaceUser) {
    this.#space = space;
    this.#user = user;
  }

  onSpace({ request, operation }: Message<'space'>): void {
    // What was granted while it was called off is released by what called it off.
    const calledOff = this.#callOff(operation);
    this.#begin(request, waiterOf(operation) ?? `request ${request}`, async (signal) => {
      await calledOff;
      this.#user.answer(request, await this.#space.perform(operation, signal));
    });
  }

  onWatch({ request, prefix }: Message<'watch-space'>): void {
    const tell = (entries: readonly SpaceEntry[]) => this.#user.tell(request, entries);
    this.#begin(request, `watch ${request}`, (signal) => this.#space.watch(prefix, tell, signal));
  }

  onUnwatch({ watch }: Message<'unwatch-space'>): void {
    this.#waiting.get(`watch ${watch}`)?.abort();
  }

  close(): void {
    for (const waiting of this.#waiting.values()) waiting.abort();
  }

  #callOff(operation: SpaceOperation): Promise<void> | undefined {
    const name = calledOffBy(operation);
    const waiting = name === undefined ? undefined : this.#waiting.get(name);
    waiting?.abort();
    return waiting?.over;
  }

  #begin(request: number, name: string, work: (signal: AbortSignal) => Promise<void>): void {
    const refuse = (thrown: unknown) =>
      this.#user.refuse(request, toGridError(thrown, 'storage-failed'));
    if (this.#waiting.size >= WAITING_MAX)
      return refuse(new GridError('quota-exceeded', `One link waits for ${WAITING_MAX} things.`));
    const controller = new AbortController();
    const over = work(controller.signal)
      .catch(refuse)
      .finally(() => {
        if (this.#waiting.get(name) === waiting) this.#waiting.delete(name);
      });
    const waiting = { abort: () => controller.abort(), over };
    this.#waiting.set(name, waiting);
  }
}

interface Waiting {
  abort(): void;
  readonly over: Promise<void>;
}

function waiterOf(operation: SpaceOperation): string | undefined {
  if (operation.do === 'acquire') return nameOf(operation.key, operation.holder);
  return operation.do === 'arrive' ? nameOf(operation.key, operation.member) : undefined;
}

function calledOffBy(operation: SpaceOperation): string | undefined {
  if (operation.do === 'release') return nameOf(operation.key, operation.holder);
  return operation.do === 'leave' ? nameOf(operation.key, operation.member) : undefined;
}

function nameOf(key: string, waiter: string): string {
  return `${waiter} at ${key}`;
}
