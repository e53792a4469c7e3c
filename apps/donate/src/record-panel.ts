import { duration } from './format.ts';
import { part, setText } from './parts.ts';
import { certificateSvg } from './record/certificate.ts';
import { energyOf } from './record/energy.ts';
import { type JobRecord, streakOf } from './record/work-record.ts';
import { causesOf } from './rules/causes.ts';
import type { Governor } from './rules/governor.ts';
import type { Rules } from './rules/rules.ts';
import { pageLanguage, say } from './words/page-speaker.ts';

const ROWS_MAX = 30;
const HOUR_MS = 3_600_000;

type List = 'blocked' | 'followed';

/** What ran here, what is welcome, and what was given. */
export class RecordPanel {
  readonly #governor: Governor;
  readonly #about: { readonly handheld: boolean; readonly volunteer: () => string };
  #drawn = '';

  constructor(
    governor: Governor,
    about: { readonly handheld: boolean; readonly volunteer: () => string },
  ) {
    this.#governor = governor;
    this.#about = about;
    part('certificate').addEventListener('click', () => this.#certificate());
    part('export').addEventListener('click', () => this.#export());
    part('only-followed').addEventListener('change', () =>
      governor.change({ onlyFollowed: part('only-followed', HTMLInputElement).checked }),
    );
  }

  show(): void {
    this.#showTotals();
    const { record, rules } = this.#governor;
    const now = JSON.stringify([record.jobs[0], rules.blocked, rules.followed, pageLanguage()]);
    if (now === this.#drawn) return;
    this.#drawn = now;
    part('record-empty').hidden = record.jobs.length > 0;
    part('record').replaceChildren(...record.jobs.slice(0, ROWS_MAX).map((job) => this.#row(job)));
    this.#showList('blocked', 'record.unblock');
    this.#showList('followed', 'record.unfollow');
    part('only-followed', HTMLInputElement).checked = rules.onlyFollowed;
  }

  /** Adds a cause to a list, or takes it off. */
  toggle(list: List, cause: string): void {
    const { rules } = this.#governor;
    const known = rules[list];
    const changed = known.includes(cause)
      ? known.filter((each) => each !== cause)
      : [...known, cause];
    this.#governor.change({ [list]: changed } as Partial<Rules>);
  }

  #showTotals(): void {
    const { record } = this.#governor;
    const now = new Date();
    setText(part('total'), `${tasksText(record.done)}, ${duration(record.busyMs)}`);
    setText(part('streak'), say('yours.days', { count: streakOf(record, now) }));
    const { least, most } = energyOf(record.busyMs, this.#about);
    const range = { least: decimal(least), most: decimal(most) };
    setText(part('energy'), say('yours.energy-range', range));
  }

  #row(job: JobRecord): HTMLLIElement {
    const row = document.createElement('li');
    const name = document.createElement('strong');
    name.textContent = job.name === '' ? say('work.no-name') : job.name;
    const detail = document.createElement('span');
    const params = {
      tasks: tasksText(job.done),
      time: duration(job.busyMs),
      submitter: job.submitter,
    };
    detail.textContent = say('record.row', params);
    const why = document.createElement('small');
    name.dir = why.dir = 'auto';
    why.textContent = job.purpose === '' ? say('work.no-purpose') : job.purpose;
    const { submitter } = causesOf(job);
    const isBlocked = this.#governor.rules.blocked.includes(submitter);
    const label = say(isBlocked ? 'record.unblock' : 'record.block');
    row.append(name, detail, why, this.#button(label, 'blocked', submitter));
    return row;
  }

  #showList(list: List, label: 'record.unblock' | 'record.unfollow'): void {
    const causes = this.#governor.rules[list];
    part(`${list}-row`).hidden = causes.length === 0;
    const rows = causes.map((cause) => {
      const row = document.createElement('li');
      const name = document.createElement('span');
      name.textContent = cause.slice(cause.indexOf(':') + 1);
      row.append(name, this.#button(say(label), list, cause));
      return row;
    });
    part(list).replaceChildren(...rows);
  }

  #button(label: string, list: List, cause: string): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'slight';
    button.textContent = label;
    button.ariaLabel = `${label}: ${cause.slice(cause.indexOf(':') + 1)}`;
    button.addEventListener('click', () => this.toggle(list, cause));
    return button;
  }

  #certificate(): void {
    const { record } = this.#governor;
    const hours = decimal(record.busyMs / HOUR_MS);
    const svg = certificateSvg({
      title: say('certificate.title'),
      line: say('certificate.text', { hours, tasks: tasksText(record.done) }),
      volunteer: this.#about.volunteer(),
      date: new Date().toLocaleDateString(pageLanguage(), { dateStyle: 'long' }),
    });
    download('manytabs-certificate.svg', svg, 'image/svg+xml');
  }

  #export(): void {
    const { record, rules } = this.#governor;
    const all = { volunteer: this.#about.volunteer(), record, rules };
    download('manytabs-data.json', JSON.stringify(all, null, 2), 'application/json');
  }
}

function tasksText(count: number): string {
  return say('numbers.tasks', { count });
}

function decimal(value: number): string {
  return value.toLocaleString(pageLanguage(), { maximumSignificantDigits: 2 });
}

function download(name: string, text: string, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
