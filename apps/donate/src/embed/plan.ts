export type WidgetPower = 'quiet' | 'balanced';

const DUTY: Readonly<Record<WidgetPower, number>> = { quiet: 0.25, balanced: 0.5 };

/** A quarter of the cores at half duty, or a quarter; where that is less than one worker, one works as much less. */
export function widgetPlan(cores: number, power: WidgetPower): { workers: number; duty: number } {
  const quarter = (Number.isFinite(cores) && cores > 0 ? cores : 1) / 4;
  const workers = Math.max(1, Math.floor(quarter));
  return { workers, duty: DUTY[power] * Math.min(1, quarter / workers) };
}
