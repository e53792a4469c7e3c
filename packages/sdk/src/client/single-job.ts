import type { JobEvents, JobHandle, Single } from './api.ts';

/** A handle on a job of which one value is wanted. */
export class SingleJob<Output> implements Single<Output> {
  readonly #job: JobHandle<unknown>;
  readonly #take: () => Promise<Output>;
  #value: Promise<Output> | undefined;

  constructor(job: JobHandle<unknown>, take: () => Promise<Output>) {
    this.#job = job;
    this.#take = take;
  }

  get id() {
    return this.#job.id;
  }

  get view() {
    return this.#job.view;
  }

  get submitted() {
    return this.#job.submitted;
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting it gives its value; that is its contract.
  then<A = Output, B = never>(
    onFulfilled?: ((value: Output) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    this.#value ??= this.#take();
    return this.#value.then(onFulfilled, onRejected);
  }

  ended(options: { signal?: AbortSignal | undefined } = {}) {
    return this.#job.ended(options);
  }

  on<Name extends keyof JobEvents>(name: Name, listener: (event: JobEvents[Name]) => void) {
    return this.#job.on(name, listener);
  }

  pause() {
    return this.#job.pause();
  }

  resume() {
    return this.#job.resume();
  }

  cancel(reason?: string) {
    return this.#job.cancel(reason);
  }

  explain() {
    return this.#job.explain();
  }

  story(index: number) {
    return this.#job.story(index);
  }

  belief(index: number) {
    return this.#job.belief(index);
  }

  taskBytes(index: number) {
    return this.#job.taskBytes(index);
  }

  logs() {
    return this.#job.logs();
  }

  disagreements() {
    return this.#job.disagreements();
  }

  attempts(place?: number) {
    return this.#job.attempts(place);
  }
}
