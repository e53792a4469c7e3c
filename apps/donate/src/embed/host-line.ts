/** What the frame says to the page that embeds it. */
export type HostMessage =
  | {
      readonly type: 'status';
      readonly state: string;
      readonly reason: string;
      readonly tasksDone: number;
    }
  | {
      readonly type: 'error';
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
    };

/**
 * The page that embeds this frame. Its origin is what the browser says, not what a message claims, and its messages
 * have no effect but to be greeted: there is nothing in it that could start, allow or change anything.
 */
export class HostLine {
  readonly #onOrigin: (origin: string) => void;
  #origin: string | undefined;

  constructor(onOrigin: (origin: string) => void) {
    this.#onOrigin = onOrigin;
    window.addEventListener('message', (event) => this.#hear(event));
    const [parent] = location.ancestorOrigins ?? [];
    if (parent !== undefined) this.#learn(parent);
  }

  tell(message: HostMessage): void {
    // An opaque origin cannot be addressed; such a page is told nothing.
    if (this.#origin === undefined || this.#origin === 'null') return;
    window.parent.postMessage({ manytabs: 1, ...message }, this.#origin);
  }

  #hear({ source, origin, data }: MessageEvent): void {
    if (source === window.parent && isHello(data)) this.#learn(origin);
  }

  #learn(origin: string): void {
    if (this.#origin !== undefined) return;
    this.#origin = origin;
    this.#onOrigin(origin);
  }
}

function isHello(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  const { manytabs, type } = data as Record<string, unknown>;
  return manytabs === 1 && type === 'hello';
}
