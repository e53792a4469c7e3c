import type { DonationView } from 'manytabs/volunteer';
import { Announcer } from './announcer.ts';
import { part, setText } from './parts.ts';
import { titleOf, type Wording, wordingOf } from './wording.ts';

/** The state in words: on the page, in the tab's title, and for screen readers. */
export class StateLine {
  readonly #live: HTMLElement;
  readonly #announcer = new Announcer();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(live: HTMLElement) {
    this.#live = live;
  }

  /** `known`: what is known beyond the state, and said instead. */
  show(view: DonationView, known: Wording | undefined): void {
    const { title, detail } = known ?? wordingOf(view);
    setText(part('state-title'), title);
    setText(part('state-detail'), detail);
    const tabTitle = titleOf(view);
    if (document.title !== tabTitle) document.title = tabTitle;
    this.#announcer.offer(`${title}. ${detail}`, isAsked(view.state));
    this.#say();
  }

  #say(): void {
    const text = this.#announcer.take(performance.now());
    if (text !== undefined) setText(this.#live, text);
    clearTimeout(this.#timer);
    const wait = this.#announcer.wait(performance.now());
    if (wait !== undefined) this.#timer = setTimeout(() => this.#say(), wait);
  }
}

/** States a person brought about, or must act on, are said without delay. */
function isAsked(state: DonationView['state']): boolean {
  return state === 'idle' || state === 'paused' || state === 'failed' || state === 'finishing';
}
