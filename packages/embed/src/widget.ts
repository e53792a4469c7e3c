import {
  HELLO,
  readFrameMessage,
  type WidgetError,
  type WidgetState,
  type WidgetStatus,
} from './messages.ts';
import { frameAddress, type WidgetOptions } from './options.ts';

export interface WidgetEvents {
  readonly status: WidgetStatus;
  readonly error: WidgetError;
}

/** What a page holds of a widget. There is no `start`: only the visitor starts it, in the frame. */
export interface WidgetHandle {
  readonly element: HTMLElement;
  getState(): WidgetState;
  /** @returns stops listening. */
  on<K extends keyof WidgetEvents>(event: K, listener: (data: WidgetEvents[K]) => void): () => void;
  remove(): void;
}

const SIZES = { normal: [340, 150], compact: [280, 136] } as const;
const ANSWER_MS = 15_000;

type Listener = (data: WidgetStatus & WidgetError) => void;

/** One frame of the grid's origin in a page of another. */
export class Widget implements WidgetHandle {
  readonly element: HTMLElement;
  readonly #frame: HTMLIFrameElement;
  readonly #origin: string;
  readonly #onRemoved: () => void;
  readonly #listeners = { status: new Set<Listener>(), error: new Set<Listener>() };
  readonly #hear = (event: MessageEvent) => this.#onMessage(event);
  readonly #timer: ReturnType<typeof setTimeout>;
  #state: WidgetState = 'loading';
  #lastError: WidgetError | undefined;

  constructor(element: HTMLElement, options: WidgetOptions, grid: string, onRemoved: () => void) {
    this.element = element;
    this.#onRemoved = onRemoved;
    this.#origin = new URL(grid).origin;
    this.#frame = makeFrame(frameAddress(grid, options), options);
    this.#timer = setTimeout(() => this.#onSilence(), ANSWER_MS);
    window.addEventListener('message', this.#hear);
    // The frame loads anew when it is moved, so it is greeted with every load.
    this.#frame.addEventListener('load', () => this.#greet());
    if (options.sitekey === '') this.#fail(NO_KEY);
    else element.append(this.#frame);
  }

  getState(): WidgetState {
    return this.#state;
  }

  on<K extends keyof WidgetEvents>(
    event: K,
    listener: (data: WidgetEvents[K]) => void,
  ): () => void {
    const listeners = this.#listeners[event];
    listeners.add(listener as Listener);
    // A page that listens late is told what it missed.
    if (event === 'error' && this.#lastError) (listener as Listener)(this.#lastError as never);
    return () => listeners.delete(listener as Listener);
  }

  remove(): void {
    clearTimeout(this.#timer);
    window.removeEventListener('message', this.#hear);
    this.#frame.remove();
    this.#onRemoved();
  }

  #greet(): void {
    // A frame that was refused is of an opaque origin and does not get it.
    this.#frame.contentWindow?.postMessage(HELLO, this.#origin);
  }

  #onMessage({ source, origin, data }: MessageEvent): void {
    if (source !== this.#frame.contentWindow || origin !== this.#origin) return;
    const message = readFrameMessage(data);
    if (!message) return;
    clearTimeout(this.#timer);
    if (message.type === 'error') this.#fail(message);
    else this.#show(message);
  }

  #show({ state, reason, tasksDone }: WidgetStatus): void {
    this.#state = state;
    this.element.dataset.state = state;
    this.#tell('status', { state, reason, tasksDone });
  }

  #onSilence(): void {
    this.#fail(BLOCKED);
  }

  #fail({ code, message, retryable }: WidgetError): void {
    this.#lastError = { code, message, retryable };
    this.#show({ state: 'error', reason: code, tasksDone: 0 });
    this.#tell('error', this.#lastError);
  }

  #tell<K extends keyof WidgetEvents>(event: K, data: WidgetEvents[K]): void {
    for (const listener of this.#listeners[event]) listener(data as never);
  }
}

const NO_KEY: WidgetError = {
  code: 'site-key-missing',
  message: 'The widget has no data-sitekey, or one that is none.',
  retryable: false,
};

const BLOCKED: WidgetError = {
  code: 'embed-blocked',
  message:
    'The frame does not answer: the site key is not for this origin, the policy of the page lacks the grid in frame-src, or the grid is away.',
  retryable: true,
};

function makeFrame(address: string, options: WidgetOptions): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  const [width, height] = SIZES[options.size ?? 'normal'];
  frame.src = address;
  frame.title = 'Manytabs';
  frame.allow = 'compute-pressure';
  // By the object model: a policy that forbids style attributes lets it pass.
  Object.assign(frame.style, {
    width: `${width}px`,
    height: `${height}px`,
    border: '0',
    maxWidth: '100%',
    colorScheme: 'normal',
    ...(options.place === 'corner' ? CORNER : {}),
  });
  return frame;
}

const CORNER = { position: 'fixed', insetBlockEnd: '12px', insetInlineEnd: '12px', zIndex: '9999' };
