import type { Donation, DonationState } from 'manytabs/volunteer';
import { DeviceSensors } from '../device/device-sensors.ts';
import { PressureWatch } from '../device/pressure-watch.ts';
import { drawOnChange } from '../draw-on-change.ts';
import type { DonationMaker } from '../session.ts';
import { browserStore, ConsentBook } from './consent-book.ts';
import type { EmbedOptions } from './embed-options.ts';
import { type EmbedSituation, type EmbedStatus, embedStatus } from './embed-status.ts';
import { widgetPlan } from './plan.ts';
import { type FrameFacts, isMeant, type RestReason, restReason } from './rest-reason.ts';
import type { Sight } from './sight.ts';

const LOOK_MS = 1_000;
/** Computing is resumed once the frame was in view for so long; a page that scrolls by starts nothing. */
const SETTLE_MS = 800;

const PAUSABLE: ReadonlySet<DonationState> = new Set([
  'waiting',
  'fetching',
  'computing',
  'reconnecting',
]);

export interface EmbedSessionParts {
  readonly options: EmbedOptions;
  /** The page that embeds the frame. */
  readonly site: string;
  readonly sight: Sight;
  /** Fetches the program that donates; never called without consent. */
  readonly load: () => Promise<DonationMaker>;
  readonly onChange: () => void;
}

export type EmbedCommand = 'allow' | 'later' | 'pause' | 'resume' | 'stop' | 'stop-all';

/** One frame's donation: it runs while it is allowed, seen, and nothing on the device speaks against it. */
export class EmbedSession {
  readonly #parts: EmbedSessionParts;
  readonly #book = new ConsentBook(browserStore());
  readonly #sensors = new DeviceSensors(() => this.look());
  readonly #pressure = new PressureWatch();
  #donation: Donation | undefined;
  #isLoading = false;
  #answer: EmbedSituation['answer'] = 'none';
  #isPaused = false;
  #problem: string | undefined;

  constructor(parts: EmbedSessionParts) {
    this.#parts = parts;
    this.#problem = refusalOf(parts);
    // Another frame of this browser withdrew or gave consent.
    window.addEventListener('storage', () => this.look());
    setInterval(() => this.look(), LOOK_MS);
  }

  get status(): EmbedStatus {
    return embedStatus(this.#situation());
  }

  /** Does what was pressed, if a person meant it. @returns whether it did. */
  press(command: EmbedCommand, click: { readonly isTrusted: boolean }): boolean {
    const { sight } = this.#parts;
    const wantsMore = command === 'allow' || command === 'resume';
    // To stop is always allowed, also by a script.
    if (wantsMore && !isMeant(click, sight.facts, sight.seenMs)) return false;
    this.#do(command);
    this.look();
    return true;
  }

  /** Holds what runs against what may run. */
  look(): void {
    if (this.#problem !== undefined || !this.#isAllowed()) this.#end();
    else this.#goOn();
    this.#parts.onChange();
  }

  #do(command: EmbedCommand): void {
    const { site, options } = this.#parts;
    switch (command) {
      case 'allow':
        this.#isPaused = false;
        return this.#book.give(site, options.hours, Date.now());
      case 'later':
        this.#answer = 'later';
        return;
      case 'pause':
        this.#isPaused = true;
        return;
      case 'resume':
        this.#isPaused = false;
        return;
      case 'stop':
        this.#answer = 'stopped';
        return this.#book.withdraw(site);
      case 'stop-all':
        this.#answer = 'stopped';
        return this.#book.withdrawAll();
    }
  }

  #goOn(): void {
    this.#sensors.watch();
    const mayRun = this.#rest() === undefined && !this.#isPaused;
    const donation = this.#donation;
    if (!donation) {
      if (mayRun && this.#parts.sight.seenMs >= SETTLE_MS) this.#begin();
    } else if (!mayRun && PAUSABLE.has(donation.view.state)) donation.pause();
    else if (mayRun && donation.view.state === 'paused') donation.resume();
    else if (donation.view.state === 'idle') donation.start();
  }

  #begin(): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#parts
      .load()
      .then((make) => this.#start(make))
      .catch(() => {
        this.#problem = 'unreachable';
      })
      .finally(() => {
        this.#isLoading = false;
        this.#parts.onChange();
      });
  }

  #start(make: DonationMaker): void {
    if (!this.#isAllowed()) return;
    const { options, site } = this.#parts;
    const { workers, duty } = widgetPlan(navigator.hardwareConcurrency, options.power);
    const url = new URL('.', location.href).href;
    const donation = make({ url, workers, duty, site: options.sitekey, siteOrigin: site });
    this.#donation = donation;
    drawOnChange(donation, () => this.look());
    donation.start();
  }

  #end(): void {
    const donation = this.#donation;
    if (donation && donation.view.state !== 'idle') donation.stop();
  }

  #isAllowed(): boolean {
    return this.#book.until(this.#parts.site, Date.now()) !== undefined;
  }

  #rest(): RestReason | undefined {
    const { onBattery, savesData, pressure } = this.#sensors.facts;
    const isPressed = this.#pressure.look(pressure, performance.now());
    const facts: FrameFacts = { ...this.#parts.sight.facts, onBattery, savesData, isPressed };
    return restReason(facts);
  }

  #situation(): EmbedSituation {
    const isAllowed = this.#isAllowed();
    return {
      isAllowed,
      answer: this.#answer,
      isPaused: this.#isPaused,
      rest: isAllowed ? this.#rest() : undefined,
      view: this.#donation?.view,
      problem: this.#problem,
    };
  }
}

function refusalOf({ options, site }: EmbedSessionParts): string | undefined {
  if (options.refused !== undefined) return options.refused;
  if (site === 'null') return 'origin-refused';
  return options.sitekey === '' ? 'token-missing' : undefined;
}
