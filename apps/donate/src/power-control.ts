import { part, setText } from './parts.ts';
import { levelOf } from './rules/allowance.ts';
import type { Governor } from './rules/governor.ts';
import type { Rules } from './rules/rules.ts';
import { pageLanguage, say } from './words/page-speaker.ts';

/** The choice of power, with its numbers under “More”. */
export class PowerControl {
  readonly #governor: Governor;
  readonly #cores: number;

  constructor(governor: Governor, cores: number) {
    this.#governor = governor;
    this.#cores = cores;
    part('power', HTMLFieldSetElement).disabled = false;
    for (const input of this.#inputs())
      input.addEventListener('change', () => {
        governor.change({ power: input.value as Rules['power'] });
      });
    const workers = part('workers', HTMLInputElement);
    workers.max = String(Math.max(this.#cores, governor.rules.workers));
    for (const slider of [workers, part('duty', HTMLInputElement)])
      slider.addEventListener('input', () => this.#custom());
  }

  show(): void {
    const { rules, allowance } = this.#governor;
    for (const input of this.#inputs()) {
      input.checked = input.value === rules.power;
      const small = input.parentElement?.querySelector('small');
      if (small) setText(small, this.#levelText(input.value as Rules['power'], rules));
    }
    part('custom').hidden = rules.power !== 'custom';
    const level = rules.power === 'custom' ? rules : levelOf(rules.power, this.#cores);
    setSlider('workers', level.workers, say('numbers.workers', { count: level.workers }));
    setSlider('duty', Math.round(level.duty * 100), percent(level.duty));
    const promised = allowance.rest === undefined ? allowance.workers * allowance.duty : 0;
    setText(
      part('promised'),
      say('measure.promised', { promised: rounded(promised), cores: this.#cores }),
    );
    const measured = rounded(this.#governor.measuredCores);
    setText(part('measured'), say('measure.measured', { measured }));
    part('measured').dataset.cores = this.#governor.measuredCores.toFixed(3);
  }

  #custom(): void {
    const workers = Number(part('workers', HTMLInputElement).value);
    const duty = Number(part('duty', HTMLInputElement).value) / 100;
    this.#governor.change({ power: 'custom', workers, duty });
  }

  #levelText(power: Rules['power'], rules: Rules): string {
    const { workers, duty } = power === 'custom' ? rules : levelOf(power, this.#cores);
    const count = say('numbers.workers', { count: workers });
    return say('power.level', { workers: count, duty: percent(duty) });
  }

  #inputs(): NodeListOf<HTMLInputElement> {
    return part('segments').querySelectorAll('input');
  }
}

function setSlider(id: 'workers' | 'duty', value: number, text: string): void {
  const slider = part(id, HTMLInputElement);
  if (slider.valueAsNumber !== value) slider.value = String(value);
  slider.ariaValueText = text;
  setText(part(`${id}-text`), text);
}

function percent(share: number): string {
  return share.toLocaleString(pageLanguage(), { style: 'percent' });
}

function rounded(cores: number): string {
  return cores.toLocaleString(pageLanguage(), { maximumFractionDigits: 2 });
}
