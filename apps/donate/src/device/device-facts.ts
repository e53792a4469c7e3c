export type Pressure = 'nominal' | 'fair' | 'serious' | 'critical';

/** What the device tells of itself; undefined where this browser does not. */
export interface DeviceFacts {
  readonly onBattery: boolean | undefined;
  /** 0 to 1. */
  readonly batteryLevel: number | undefined;
  readonly savesData: boolean | undefined;
  readonly pressure: Pressure | undefined;
}

export const NOTHING_KNOWN: DeviceFacts = {
  onBattery: undefined,
  batteryLevel: undefined,
  savesData: undefined,
  pressure: undefined,
};
