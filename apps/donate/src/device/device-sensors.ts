import { type DeviceFacts, NOTHING_KNOWN, type Pressure } from './device-facts.ts';

interface Battery extends EventTarget {
  readonly charging: boolean;
  readonly level: number;
}

interface NetworkInformation extends EventTarget {
  readonly saveData?: boolean;
  readonly type?: string;
}

interface PressureWatcher {
  observe(source: 'cpu', options: { sampleInterval: number }): Promise<void>;
}

type PressureMaker = new (
  hear: (records: readonly { readonly state: Pressure }[]) => void,
) => PressureWatcher;

interface Tellers {
  readonly navigator: {
    readonly getBattery?: () => Promise<Battery>;
    readonly connection?: NetworkInformation;
  };
  readonly PressureObserver?: PressureMaker;
}

const SAMPLE_MS = 2_000;

/** Listens to what this browser tells of its device. Nothing is asked before `watch`, and nobody for permission. */
export class DeviceSensors {
  readonly #scope: Tellers;
  readonly #onChange: () => void;
  #facts = NOTHING_KNOWN;
  #watching = false;

  constructor(onChange: () => void, scope: object = globalThis) {
    this.#scope = scope as Tellers;
    this.#onChange = onChange;
  }

  get facts(): DeviceFacts {
    return this.#facts;
  }

  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#watchNetwork();
    // Refused in some frames and on insecure pages: it then stays unknown.
    this.#watchBattery().catch(() => {});
    this.#watchPressure().catch(() => {});
  }

  #watchNetwork(): void {
    const { connection } = this.#scope.navigator;
    if (!connection) return;
    const read = () => {
      const { saveData, type } = connection;
      if (saveData !== undefined || type !== undefined)
        this.#learn({ savesData: saveData === true || type === 'cellular' });
    };
    connection.addEventListener('change', read);
    read();
  }

  async #watchBattery(): Promise<void> {
    const battery = await this.#scope.navigator.getBattery?.();
    if (!battery) return;
    const read = () => this.#learn({ onBattery: !battery.charging, batteryLevel: battery.level });
    battery.addEventListener('chargingchange', read);
    battery.addEventListener('levelchange', read);
    read();
  }

  async #watchPressure(): Promise<void> {
    const { PressureObserver } = this.#scope;
    if (!PressureObserver) return;
    const observer = new PressureObserver((records) => {
      const state = records.at(-1)?.state;
      if (state) this.#learn({ pressure: state });
    });
    await observer.observe('cpu', { sampleInterval: SAMPLE_MS });
  }

  #learn(facts: Partial<DeviceFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
    this.#onChange();
  }
}
