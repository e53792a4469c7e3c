import { part, setText } from './parts.ts';
import { firstPower, POWERS, type Power, workersFor } from './power.ts';
import { countOf } from './wording.ts';

/** The choice of power. `asked` workers, where the address names a number, become a fourth choice. */
export function powerControl(
  asked: number | undefined,
  onChange: (workers: number) => void,
): { readonly workers: number } {
  const cores = navigator.hardwareConcurrency;
  const handheld = matchMedia('(pointer: coarse) and (max-width: 60rem)').matches;
  const choice = asked === undefined ? firstPower({ handheld }) : 'custom';
  const workersOf = (value: string) =>
    asked !== undefined && value === 'custom' ? asked : workersFor(powerOf(value), cores);

  part('custom').hidden = asked === undefined;
  part('power', HTMLFieldSetElement).disabled = false;
  for (const input of part('segments').querySelectorAll('input')) {
    const workers = workersOf(input.value);
    input.checked = input.value === choice;
    const small = input.parentElement?.querySelector('small');
    if (small) setText(small, countOf(workers, 'worker'));
    input.addEventListener('change', () => onChange(workers));
  }
  return { workers: workersOf(choice) };
}

function powerOf(value: string): Power {
  return POWERS.find((power) => power === value) ?? 'balanced';
}
