import type { Pressure } from './device-facts.ts';

const UP_MS = 15_000;
const DOWN_MS = 5_000;

/**
 * Whether pressure asks for rest: critical for a quarter of a minute, until it was lower for five seconds. Fans surge
 * where work stops and starts with every reading.
 */
export class PressureWatch {
  #isPressed = false;
  #changesAt: number | undefined;

  look(pressure: Pressure | undefined, now: number): boolean | undefined {
    if (pressure === undefined) return undefined;
    const wants = pressure === 'critical';
    if (wants === this.#isPressed) this.#changesAt = undefined;
    else this.#changesAt ??= now + (wants ? UP_MS : DOWN_MS);
    if (this.#changesAt !== undefined && now >= this.#changesAt) {
      this.#isPressed = wants;
      this.#changesAt = undefined;
    }
    return this.#isPressed;
  }
}
