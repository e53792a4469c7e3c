import type { PeerId } from '@manytabs/protocol';
import type { DonationJob, DonationOptions } from 'manytabs/volunteer';
import type { AccountPanel, AccountParts } from './account/account-panel.ts';
import { missingParts } from './browser-check.ts';
import { controlButtons } from './control-buttons.ts';
import { drawOnChange } from './draw-on-change.ts';
import { LimitsPanel } from './limits-panel.ts';
import { type PageOptions, readOptions } from './options.ts';
import { makeRoom, showJob, showNumbers } from './panels.ts';
import { part, showNotice } from './parts.ts';
import { phaseOf, reasonOf } from './phase.ts';
import { Picture, type TilePlacer } from './picture.ts';
import { PowerControl } from './power-control.ts';
import { LANGUAGE_KEY, RECORD_KEY, RULES_KEY, readKept } from './record/kept.ts';
import { readRecord } from './record/work-record.ts';
import { RecordPanel } from './record-panel.ts';
import type { RoadCheck } from './road-check.ts';
import type { RestReason } from './rules/allowance.ts';
import { causesOf, isWelcome } from './rules/causes.ts';
import { Governor } from './rules/governor.ts';
import { firstRules, readRules } from './rules/rules.ts';
import type { DonationMaker } from './session.ts';
import { Session } from './session.ts';
import { StateLine } from './state-line.ts';
import { KeepAwake } from './wake-lock.ts';
import { blockedWording, heldBackWording, restWording, type Wording } from './wording.ts';
import { type Language, pickLanguage } from './words/languages.ts';
import { LANGUAGE_NAMES, OFFERED, pageLanguage, say, speak } from './words/page-speaker.ts';

/** What Start fetches. */
export interface VolunteerProgram {
  readonly createDonation: DonationMaker;
  readonly placeTile: TilePlacer;
  readonly keep: (key: string, value: unknown) => void;
  readonly forgetAll: () => Promise<void>;
  readonly RoadCheck: typeof RoadCheck;
  readonly AccountPanel: new (parts: AccountParts) => Account;
}

/** What the grid knows of this volunteer; there is none before the first Start. */
type Account = Pick<AccountPanel, 'show' | 'forget' | 'isHeldBack'>;

const KEEP_EVERY_MS = 5_000;

/** Wires the page to one session. Nothing is fetched, run or stored until Start is pressed. */
export async function startPage(loadProgram: () => Promise<VolunteerProgram>): Promise<void> {
  const options = readOptions(location.hash);
  const asked = options.lang ?? (readKept(LANGUAGE_KEY) as string | undefined);
  const language = pickLanguage(asked, navigator.languages);
  if (language !== 'en') await speak(language);
  for (const sentence of options.ignored) showNotice(sentence);
  const missing = missingParts(globalThis);
  part('loading').hidden = true;
  if (missing.length > 0) showNotice(say('page.missing', { parts: missing.join(', ') }));
  else new VolunteerPage(options, loadProgram);
}

/** One visit: the session, the rules it is held to, and what the page shows of both. */
class VolunteerPage {
  readonly #load: () => Promise<VolunteerProgram>;
  readonly #governor: Governor;
  readonly #session: Session;
  readonly #picture: Picture;
  readonly #power: PowerControl;
  readonly #limits: LimitsPanel;
  readonly #record: RecordPanel;
  readonly #buttons: ReturnType<typeof controlButtons>;
  readonly #stateLine = new StateLine(part('live'));
  readonly #awake = keepAwakeBox();
  #program: VolunteerProgram | undefined;
  #account: Account | undefined;
  #roads: RoadCheck | undefined;
  #draw = () => {};

  constructor(options: PageOptions, loadProgram: () => Promise<VolunteerProgram>) {
    if (options.fault !== undefined) showNotice(say('page.drill', { fault: options.fault }));
    this.#load = loadProgram;
    const handheld = matchMedia('(pointer: coarse) and (max-width: 60rem)').matches;
    const cores = navigator.hardwareConcurrency || 1;
    this.#governor = this.#govern(options, handheld, cores);
    this.#session = this.#open(options);
    this.#picture = new Picture(part('picture', HTMLCanvasElement), part('caption'));
    this.#session.onPicture((shown) => {
      if (this.#program) this.#picture.show(shown, this.#program.placeTile);
    });
    this.#power = new PowerControl(this.#governor, cores);
    this.#limits = new LimitsPanel(this.#governor);
    const volunteer = () => this.#session.view.volunteer ?? '';
    this.#record = new RecordPanel(this.#governor, { handheld, volunteer });
    this.#buttons = controlButtons(this.#commands());
    this.#wire();
  }

  #govern(options: PageOptions, handheld: boolean, cores: number): Governor {
    const first = firstRules({ handheld, workers: options.workers });
    // An address that names its workers is steered from outside, and neither reads nor keeps rules.
    const rules = options.workers === undefined ? readRules(readKept(RULES_KEY), first) : first;
    const record = readRecord(readKept(RECORD_KEY));
    return new Governor({ rules, record, cores, onChange: () => this.#draw() });
  }

  #open(options: PageOptions): Session {
    const { allowance } = this.#governor;
    return new Session({
      load: async () => {
        this.#program = await this.#load();
        this.#account = this.#openAccount(this.#program);
        this.#roads = new this.#program.RoadCheck(() => this.#draw());
        return this.#program.createDonation;
      },
      url: new URL('.', location.href).href,
      workers: allowance.rest === undefined ? allowance.workers : 1,
      memoryMB: options.memory,
      token: options.token,
      trusted: options.trusted,
      fault: options.fault,
      road: options.road,
      hostedBy: hostedBy(options),
      accepts: (job) => isWelcome(job, this.#governor.rules),
    });
  }

  #openAccount({ AccountPanel }: VolunteerProgram): Account {
    return new AccountPanel({
      ask: (operation) => this.#session.account(operation),
      onRead: () => this.#draw(),
      jobName: (jobId) => this.#governor.record.jobs.find((job) => job.jobId === jobId)?.name,
    });
  }

  #commands() {
    const session = this.#session;
    return {
      start: () => session.start(),
      pause: () => this.#governor.onPause(),
      resume: () => this.#governor.onResume(),
      finish: () => session.finish(),
      stop: () => session.stop(),
    };
  }

  #wire(): void {
    this.#draw = drawOnChange(this.#session, () => this.#show());
    this.#governor.govern(this.#session);
    wireLanguage(() => {
      this.#program?.keep(LANGUAGE_KEY, pageLanguage());
      this.#limits.translate();
      this.#show();
    });
    wireCauses(
      () => this.#session.view.job,
      this.#record,
      () => this.#restart(),
    );
    wireForget(async () => {
      await this.#account?.forget();
      this.#session.stop();
      const program = this.#program ?? (await this.#load());
      this.#program = undefined;
      await program.forgetAll();
      location.reload();
    });
    const isSteered = this.#governor.rules.power === 'custom' && location.hash.includes('workers=');
    if (!isSteered) setInterval(() => this.#keep(), KEEP_EVERY_MS);
    document.addEventListener('visibilitychange', () => {
      if (!isSteered) this.#keep();
    });
    this.#show();
  }

  /** A job that is open already is let go of by leaving and joining anew. */
  #restart(): void {
    const { state } = this.#session.view;
    if (state === 'idle' || state === 'failed') return;
    this.#session.stop();
    this.#session.start();
  }

  #keep(): void {
    this.#program?.keep(RULES_KEY, this.#governor.rules);
    this.#program?.keep(RECORD_KEY, this.#governor.record);
  }

  /** What is known beyond the state: which rule it rests by, or that its network is what fails. */
  #wording({ state, problem }: Session['view']): Wording | undefined {
    const { allowance, isResting } = this.#governor;
    if (state === 'paused' && isResting && allowance.rest !== undefined)
      return restWording(allowance.rest, allowance.until);
    if (state === 'waiting' && this.#account?.isHeldBack) return heldBackWording();
    const isBlocked = state === 'connecting' && this.#roads?.isBlocked;
    return isBlocked ? blockedWording(location.host, problem?.code ?? 'unreachable') : undefined;
  }

  #show(): void {
    const { view } = this.#session;
    const { allowance, isResting } = this.#governor;
    const rest = isResting && allowance.rest !== undefined ? allowance : undefined;
    this.#roads?.look(view);
    expose(view, rest?.rest);
    this.#stateLine.show(view, this.#wording(view));
    this.#buttons.show(view.state);
    this.#picture.showJob(view.job, view.tasksDone);
    makeRoom(view);
    showJob(view);
    showNumbers(view);
    this.#power.show();
    this.#limits.show(view.shardBytes);
    this.#record.show();
    this.#account?.show(view);
    this.#awake(view.state);
  }
}

function hostedBy({ host, signal }: PageOptions): DonationOptions['hostedBy'] {
  if (host === undefined) return undefined;
  return { peer: host as PeerId, signalling: signal ?? new URL('.', location.href).href };
}

/** The person's language, by its own name. */
function wireLanguage(onChange: () => void): void {
  const select = part('language', HTMLSelectElement);
  for (const language of OFFERED) {
    select.append(new Option(LANGUAGE_NAMES[language], language));
  }
  select.value = pageLanguage();
  select.addEventListener('change', async () => {
    await speak(select.value as Language);
    onChange();
  });
}

/** Blocks or follows who the job in sight is from. */
function wireCauses(
  jobNow: () => DonationJob | undefined,
  record: RecordPanel,
  onBlocked: () => void,
): void {
  const toggle = (list: 'blocked' | 'followed', kind: 'submitter' | 'purpose') => {
    const job = jobNow();
    if (!job) return;
    record.toggle(list, causesOf(job)[kind]);
    if (list === 'blocked') onBlocked();
  };
  part('block-submitter').addEventListener('click', () => toggle('blocked', 'submitter'));
  part('block-purpose').addEventListener('click', () => toggle('blocked', 'purpose'));
  part('follow').addEventListener('click', () => toggle('followed', 'submitter'));
}

/** Twice, as it cannot be taken back. */
function wireForget(forget: () => Promise<void>): void {
  const button = part('forget');
  let isSure = false;
  button.addEventListener('click', () => {
    if (isSure) return void forget();
    isSure = true;
    part('forget-sure').hidden = false;
  });
}

/** The state where programs find it: tests, and the command line's headless tabs. */
function expose(view: Session['view'], rest: RestReason | undefined): void {
  const shown: Record<string, string> = {
    state: view.state,
    tasksDone: String(view.tasksDone),
    tasksFailed: String(view.tasksFailed),
    busyMs: String(Math.round(view.busyMs)),
    shardBytes: String(view.shardBytes),
    volunteer: view.volunteer ?? '',
    road: view.road ?? '',
    problem: view.problem?.code ?? '',
    why: view.problem?.message ?? '',
    phase: phaseOf(view.state, rest),
    reason: reasonOf(view, rest),
  };
  const data = document.documentElement.dataset;
  for (const [name, text] of Object.entries(shown)) if (data[name] !== text) data[name] = text;
}

function keepAwakeBox(): (state: Session['view']['state']) => void {
  if (!KeepAwake.isAvailable()) return () => {};
  const awake = new KeepAwake();
  const box = part('awake', HTMLInputElement);
  let isWorking = false;
  const update = () => awake.want(box.checked && isWorking);
  part('awake-row').hidden = false;
  box.addEventListener('change', update);
  document.addEventListener('visibilitychange', () => void awake.refresh());
  return (state) => {
    const works = state !== 'idle' && state !== 'paused' && state !== 'failed';
    if (works === isWorking) return;
    isWorking = works;
    update();
  };
}
