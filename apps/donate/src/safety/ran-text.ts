import type { JobRecord } from '../record/work-record.ts';

const MINUTE_MS = 60_000;

/** A job that ran here, as one sentence. */
export function ranText(job: JobRecord): string {
  const { name, submitter, purpose, done, failed, busyMs, firstAt, lastAt } = job;
  const days = new Set([firstAt, lastAt].map((at) => new Date(at).toLocaleDateString('en')));
  const tasks = done === 1 ? '1 task' : `${done.toLocaleString('en')} tasks`;
  const wrong = failed === 0 ? '' : ` ${failed.toLocaleString('en')} more failed.`;
  const why = purpose === '' ? 'gave no purpose' : `said it is for: ${purpose}`;
  const title = name === '' ? 'A job without a name' : `“${name}”`;
  return `${title}, ${[...days].join(' to ')}: ${tasks} in ${timeText(busyMs)} of computing.${wrong} ${submitter} ${why}`;
}

export function energyText({ least, most }: { readonly least: number; readonly most: number }) {
  const text = (hours: number) => hours.toLocaleString('en', { maximumFractionDigits: 1 });
  return `All that ran here took about ${text(least)} to ${text(most)} watt-hours more than a device at rest: an estimate, as no browser tells what its device draws.`;
}

function timeText(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 1) return 'less than a minute';
  return minutes === 1 ? 'a minute' : `${minutes.toLocaleString('en')} minutes`;
}
