import { LEAST_SIZE } from './rest-reason.ts';

interface SeenEntry extends IntersectionObserverEntry {
  /** Where the browser knows: nothing covers, fades, filters or transforms it. */
  readonly isVisible?: boolean;
}

const IN_VIEW_MIN = 0.9;
const LOOK_MS = 100;

/** How the frame is seen by the person in front of it. A page cannot lie about it: the browser looks. */
export class Sight {
  readonly #onChange: () => void;
  #isSeen = false;
  #changedAt = performance.now();

  constructor(element: Element, onChange: () => void) {
    this.#onChange = onChange;
    const options = { threshold: [0, 0.5, IN_VIEW_MIN, 1], trackVisibility: true, delay: LOOK_MS };
    const observer = new IntersectionObserver((entries) => this.#see(entries.at(-1)), options);
    observer.observe(element);
    document.addEventListener('visibilitychange', onChange);
    window.addEventListener('resize', onChange);
  }

  get facts(): { readonly isHidden: boolean; readonly isSmall: boolean; readonly isSeen: boolean } {
    const { innerWidth, innerHeight } = window;
    return {
      isHidden: document.hidden,
      isSmall: innerWidth < LEAST_SIZE.width || innerHeight < LEAST_SIZE.height,
      isSeen: this.#isSeen,
    };
  }

  /** Since when it is seen as it is now. */
  get seenMs(): number {
    return performance.now() - this.#changedAt;
  }

  #see(entry: SeenEntry | undefined): void {
    if (!entry) return;
    const isSeen = entry.intersectionRatio >= IN_VIEW_MIN && entry.isVisible !== false;
    if (isSeen === this.#isSeen) return;
    this.#isSeen = isSeen;
    this.#changedAt = performance.now();
    this.#onChange();
  }
}
