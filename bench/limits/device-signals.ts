/** What a figure makes the browser tell of its device; the page hears it by the same interfaces as a real signal. */
export type Signal = 'battery' | 'metered' | 'idle' | 'pressure';

/** Runs in the page before its own script: interfaces that say what `emulate(signal, isOn)` tells them. */
export function emulateDevice(): void {
  const battery = Object.assign(new EventTarget(), { charging: true, level: 1 });
  const connection = Object.assign(new EventTarget(), { saveData: false, type: 'wifi' });
  const idle = Object.assign(new EventTarget(), { userState: 'active', start: async () => {} });
  let hearPressure: (records: readonly { state: string }[]) => void = () => {};
  let pressure = 'nominal';
  Object.defineProperty(navigator, 'getBattery', { value: async () => battery });
  Object.defineProperty(navigator, 'connection', { value: connection });
  class IdleDetector {
    static requestPermission = async () => 'granted';
    constructor() {
      // biome-ignore lint/correctness/noConstructorReturn: the page's own detector is the one that is emulated.
      return idle as unknown as IdleDetector;
    }
  }
  class PressureObserver {
    constructor(hear: typeof hearPressure) {
      hearPressure = hear;
    }
    async observe(): Promise<void> {
      setInterval(() => hearPressure([{ state: pressure }]), 1_000);
    }
  }
  const emulate = (signal: string, isOn: boolean) => {
    if (signal === 'battery') battery.charging = !isOn;
    if (signal === 'metered') connection.saveData = isOn;
    if (signal === 'idle') idle.userState = isOn ? 'idle' : 'active';
    if (signal === 'pressure') pressure = isOn ? 'critical' : 'nominal';
    battery.dispatchEvent(new Event('chargingchange'));
    connection.dispatchEvent(new Event('change'));
    idle.dispatchEvent(new Event('change'));
  };
  Object.assign(globalThis, { IdleDetector, PressureObserver, emulate });
}
