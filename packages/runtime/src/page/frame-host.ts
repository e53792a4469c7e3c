import { GridError } from '@manytabs/protocol';
import { type Remote, wrap } from 'comlink';
import { BOUNDS } from '../shared/bounds.ts';
import { type FrameApi, type FrameEvent, READY } from '../shared/wire.ts';

export interface FrameOptions {
  /** Address of sandbox.html. */
  readonly url: string;
  /** It is served from an origin of its own (`*.` stands for any name), and keeps it. */
  readonly keepsOrigin?: boolean | undefined;
  /** Where hidden frames are put. */
  readonly parent: HTMLElement;
}

/**
 * One sandbox frame, seen from the page. The page only calls (Comlink) and reads events (plain messages); it exposes
 * nothing that the frame could call, because Comlink lets a peer walk from any exposed object to its constructors.
 */
export class FrameHost {
  readonly api: Remote<FrameApi>;
  readonly #frame: HTMLIFrameElement;
  readonly #events: MessagePort;
  #beat: ReturnType<typeof setInterval> | undefined;
  #missed = 0;
  #onSign = () => {};
  #isGone = false;
  /** Who hears the job's events. */
  onEvent: (event: Exclude<FrameEvent, { type: 'pong' }>) => void = () => {};
  /** The frame gives no sign any more and was removed. */
  onLost: () => void = () => {};
  /** Whether anybody waits for it: a frame at rest is asked nothing, so that an idle page costs nothing. */
  isAwaited: () => boolean = () => false;

  private constructor(frame: HTMLIFrameElement, commands: MessagePort, events: MessagePort) {
    this.#frame = frame;
    this.#events = events;
    this.api = wrap<FrameApi>(commands);
    events.onmessage = ({ data }) => this.#hear(data as FrameEvent);
  }

  /** @throws {GridError} `sandbox-refused` if the frame does not come up. */
  static async open(options: FrameOptions): Promise<FrameHost> {
    const { src, origin } = placeOf(options);
    const frame = makeFrame(src, origin !== OPAQUE);
    const ports = firstPorts(frame, origin);
    options.parent.append(frame);
    try {
      const [commands, events] = await ports;
      return new FrameHost(frame, commands, events);
    } catch (thrown) {
      frame.remove();
      throw thrown;
    }
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Somebody waits for it from now on. */
  watch(): void {
    if (this.#isGone) return;
    this.#beat ??= setInterval(() => this.#onBeat(), BOUNDS.BEAT_MS);
  }

  /** Whether it gives a sign; one that was at rest may have died meanwhile. */
  async isAlive(): Promise<boolean> {
    if (this.#isGone) return false;
    const sign = new Promise<boolean>((resolve) => {
      const timer = setTimeout(resolve, BOUNDS.SIGN_MS, false);
      this.#onSign = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
    this.#events.postMessage(0);
    return sign;
  }

  remove(): void {
    this.#isGone = true;
    this.#rest();
    this.#events.onmessage = null;
    this.#events.close();
    this.#frame.remove();
  }

  #hear(event: FrameEvent): void {
    if (this.#isGone) return;
    this.#missed = 0;
    this.#onSign();
    if (event.type !== 'pong') this.onEvent(event);
  }

  #rest(): void {
    clearInterval(this.#beat);
    this.#beat = undefined;
    this.#missed = 0;
  }

  /** Counts beats and not time: a page that was asleep, or was throttled, must not take its frames for dead. */
  #onBeat(): void {
    if (!this.isAwaited()) return this.#rest();
    if (this.#missed >= BOUNDS.BEATS_MISSED_MAX) {
      this.remove();
      this.onLost();
      return;
    }
    this.#missed++;
    this.#events.postMessage(0);
  }
}

/** Browsers run the process of a frame that is hidden, or out of view, at a lower priority; one pixel is in view. */
const UNSEEN =
  'position:fixed;right:0;bottom:0;width:1px;height:1px;border:0;opacity:0;pointer-events:none';

/** Of a document that has none. */
const OPAQUE = 'null';

/** @throws {GridError} `sandbox-refused` where a frame that keeps its origin would have the page's own. */
function placeOf({ url, keepsOrigin = false }: FrameOptions): { src: string; origin: string } {
  if (!keepsOrigin) return { src: url, origin: OPAQUE };
  const label = Array.from({ length: 20 }, () => Math.floor(Math.random() * 16).toString(16));
  const { href, origin } = new URL(`${url.replace('*', label.join(''))}?own`, window.location.href);
  if (origin !== window.location.origin) return { src: href, origin };
  throw new GridError('sandbox-refused', 'The sandbox would have the origin of the page.');
}

function makeFrame(url: string, keepsOrigin: boolean): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', `allow-scripts${keepsOrigin ? ' allow-same-origin' : ''}`);
  frame.setAttribute('allow', '');
  frame.setAttribute('aria-hidden', 'true');
  frame.tabIndex = -1;
  frame.style.cssText = UNSEEN;
  frame.src = url;
  return frame;
}

/** The two ports in the frame's first message; a message of any other window or origin is not heard. */
function firstPorts(
  frame: HTMLIFrameElement,
  expected: string,
): Promise<[MessagePort, MessagePort]> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener('message', hear);
    };
    const hear = ({ source, origin, data, ports: [commands, events] }: MessageEvent) => {
      if (
        source !== frame.contentWindow ||
        origin !== expected ||
        data !== READY ||
        !commands ||
        !events
      )
        return;
      end();
      resolve([commands, events]);
    };
    const timer = setTimeout(() => {
      end();
      reject(new GridError('sandbox-refused', 'The sandbox frame did not start.'));
    }, BOUNDS.FRAME_UP_MS);
    window.addEventListener('message', hear);
  });
}
