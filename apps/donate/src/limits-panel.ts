import { bytes } from './format.ts';
import { part, setText } from './parts.ts';
import { mayKeep } from './record/kept.ts';
import type { Governor } from './rules/governor.ts';
import { HOURS_A_WEEK, isQuiet, toggleHour } from './rules/quiet-hours.ts';
import type { Rules } from './rules/rules.ts';
import { pageLanguage, say } from './words/page-speaker.ts';

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;
/** A Monday. */
const MONDAY = new Date(2026, 10, 23);

type Choice = 'idle' | 'battery' | 'metered' | 'pressure' | 'storageMiB' | 'monthHours';

const CHOICES: readonly Choice[] = [
  'idle',
  'battery',
  'metered',
  'pressure',
  'storageMiB',
  'monthHours',
];

/** The rules one can set, each with what this browser cannot tell. */
export class LimitsPanel {
  readonly #governor: Governor;
  readonly #mayKeep = mayKeep();
  readonly #cells: HTMLButtonElement[] = [];

  constructor(governor: Governor) {
    this.#governor = governor;
    for (const choice of CHOICES) this.#wire(choice);
    this.#wireHours();
    part('pause-hour').addEventListener('click', () => this.#pauseForAnHour());
    part('idle-ask').addEventListener('click', () => void governor.idle.ask(() => governor.look()));
    this.translate();
  }

  /** With what the grid's data takes here now. */
  show(storedBytes: number): void {
    const { rules, facts, idle } = this.#governor;
    for (const choice of CHOICES) {
      const select = part(`rule-${choice}`, HTMLSelectElement);
      if (select.value !== String(rules[choice])) select.value = String(rules[choice]);
    }
    for (const [hour, cell] of this.#cells.entries())
      cell.ariaPressed = String(isQuiet(rules.quietHours, hour));
    part('idle-unknown').hidden = facts.isIdle !== undefined;
    part('idle-ask').hidden = !idle.canAsk;
    part('battery-unknown').hidden = facts.onBattery !== undefined;
    part('metered-unknown').hidden = facts.savesData !== undefined;
    part('storage-denied').hidden = this.#mayKeep;
    part('pressure-unknown').hidden = this.#governor.tellsOfPressure;
    const isPaused = rules.pausedUntil > Date.now();
    setText(part('pause-hour'), say(isPaused ? 'limits.pause-end' : 'limits.pause-hour'));
    const used = (facts.monthBusyMs / HOUR_MS).toLocaleString(pageLanguage(), {
      maximumFractionDigits: 1,
    });
    setText(part('month-used'), say('limits.month-used', { used }));
    const storage = { used: bytes(storedBytes), budget: bytes(rules.storageMiB * MIB) };
    setText(part('storage-used'), say('limits.storage-used', storage));
  }

  translate(): void {
    const days = Array.from({ length: 7 }, (_, day) => dayName(day, 'long'));
    for (const [hour, cell] of this.#cells.entries()) {
      const day = days[Math.floor(hour / 24)] ?? '';
      cell.ariaLabel = say('limits.hours-cell', { day, hour: `${hour % 24}:00` });
    }
    for (const [day, head] of [...part('hours').querySelectorAll('th[scope=row]')].entries())
      setText(head, dayName(day, 'short'));
  }

  #wire(choice: Choice): void {
    const select = part(`rule-${choice}`, HTMLSelectElement);
    select.addEventListener('change', () => {
      const isNumber = choice === 'storageMiB' || choice === 'monthHours';
      const value = isNumber ? Number(select.value) : select.value;
      this.#governor.change({ [choice]: value } as Partial<Rules>);
    });
  }

  #wireHours(): void {
    const body = document.createElement('tbody');
    for (let day = 0; day < 7; day++) body.append(this.#row(day));
    part('hours').append(hoursHead(), body);
    body.addEventListener('keydown', (event) => this.#move(event));
    part('hours-clear').addEventListener('click', () =>
      this.#governor.change({ quietHours: '0'.repeat(HOURS_A_WEEK) as Rules['quietHours'] }),
    );
  }

  #row(day: number): HTMLTableRowElement {
    const row = document.createElement('tr');
    const head = document.createElement('th');
    head.scope = 'row';
    row.append(head);
    for (let hour = 0; hour < 24; hour++) row.append(this.#cell(day * 24 + hour));
    return row;
  }

  #cell(weekHour: number): HTMLTableCellElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.tabIndex = weekHour === 0 ? 0 : -1;
    button.addEventListener('click', () => {
      const { quietHours } = this.#governor.rules;
      this.#governor.change({ quietHours: toggleHour(quietHours, weekHour) });
    });
    this.#cells[weekHour] = button;
    const cell = document.createElement('td');
    cell.append(button);
    return cell;
  }

  /** One cell is in the tab order; arrow keys move it. */
  #move(event: KeyboardEvent): void {
    const at = this.#cells.indexOf(event.target as HTMLButtonElement);
    const isRtl = document.documentElement.dir === 'rtl';
    const steps: Record<string, number> = {
      ArrowRight: isRtl ? -1 : 1,
      ArrowLeft: isRtl ? 1 : -1,
      ArrowDown: 24,
      ArrowUp: -24,
    };
    const next = this.#cells[at + (steps[event.key] ?? Number.NaN)];
    if (at < 0 || !next) return;
    event.preventDefault();
    for (const cell of this.#cells) cell.tabIndex = cell === next ? 0 : -1;
    next.focus();
  }

  #pauseForAnHour(): void {
    const isPaused = this.#governor.rules.pausedUntil > Date.now();
    this.#governor.change({ pausedUntil: isPaused ? 0 : Date.now() + HOUR_MS });
  }
}

function dayName(day: number, weekday: 'long' | 'short'): string {
  const date = new Date(MONDAY);
  date.setDate(MONDAY.getDate() + day);
  return date.toLocaleDateString(pageLanguage(), { weekday });
}

/** Every sixth hour, over the cells that begin it. */
function hoursHead(): HTMLTableSectionElement {
  const head = document.createElement('thead');
  const row = document.createElement('tr');
  row.append(document.createElement('td'));
  for (let hour = 0; hour < 24; hour += 6) {
    const cell = document.createElement('th');
    cell.scope = 'colgroup';
    cell.colSpan = 6;
    cell.textContent = `${hour}:00`;
    row.append(cell);
  }
  head.append(row);
  return head;
}
