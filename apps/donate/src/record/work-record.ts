import type { DonationWork } from 'manytabs/volunteer';

/** One job that ran here. */
export interface JobRecord {
  readonly jobId: string;
  readonly name: string;
  readonly purpose: string;
  readonly submitter: string;
  readonly done: number;
  readonly failed: number;
  readonly busyMs: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What this browser has given, over all visits. */
export interface WorkRecord {
  readonly done: number;
  readonly failed: number;
  readonly busyMs: number;
  /** The jobs that ran last, the newest first. */
  readonly jobs: readonly JobRecord[];
  /** Computing time by month, `2026-11`. */
  readonly months: Readonly<Record<string, number>>;
  /** Days with work, `2026-11-25`, the newest first. */
  readonly days: readonly string[];
}

export const NO_WORK: WorkRecord = {
  done: 0,
  failed: 0,
  busyMs: 0,
  jobs: [],
  months: {},
  days: [],
};

const JOBS_MAX = 200;
const DAYS_MAX = 400;
const MONTHS_MAX = 24;

export function withWork(record: WorkRecord, work: DonationWork, at: Date): WorkRecord {
  const { done, failed, busyMs } = work;
  const month = dayOf(at).slice(0, 7);
  return {
    done: record.done + done,
    failed: record.failed + failed,
    busyMs: record.busyMs + busyMs,
    jobs: withJob(record.jobs, work, at.getTime()),
    months: newest({ ...record.months, [month]: (record.months[month] ?? 0) + busyMs }),
    days:
      record.days[0] === dayOf(at) ? record.days : [dayOf(at), ...record.days].slice(0, DAYS_MAX),
  };
}

function withJob(jobs: readonly JobRecord[], work: DonationWork, at: number): readonly JobRecord[] {
  const { jobId, name, purpose, submitter } = work.job;
  const known = jobs.find((job) => job.jobId === jobId);
  const job: JobRecord = {
    ...{ jobId, name, purpose, submitter },
    done: (known?.done ?? 0) + work.done,
    failed: (known?.failed ?? 0) + work.failed,
    busyMs: (known?.busyMs ?? 0) + work.busyMs,
    firstAt: known?.firstAt ?? at,
    lastAt: at,
  };
  return [job, ...jobs.filter((each) => each !== known)].slice(0, JOBS_MAX);
}

function newest(months: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(months).sort().slice(-MONTHS_MAX));
}

export function monthBusyMs(record: WorkRecord, at: Date): number {
  return record.months[dayOf(at).slice(0, 7)] ?? 0;
}

/** Days in a row with work, up to today or yesterday. */
export function streakOf(record: WorkRecord, at: Date): number {
  const worked = new Set(record.days);
  const day = new Date(at);
  if (!worked.has(dayOf(day))) day.setDate(day.getDate() - 1);
  let streak = 0;
  while (worked.has(dayOf(day))) {
    streak++;
    day.setDate(day.getDate() - 1);
  }
  return streak;
}

/** In the device's own time, as people count days. */
export function dayOf(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** A stored record; one that cannot be is none. */
export function readRecord(stored: unknown): WorkRecord {
  if (!isRecord(stored)) return NO_WORK;
  const { done, failed, busyMs, jobs, months, days } = stored;
  return { done, failed, busyMs, jobs, months, days };
}

function isRecord(value: unknown): value is WorkRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { done, failed, busyMs, jobs, months, days } = value as Record<string, unknown>;
  const areCounts = [done, failed, busyMs].every((count) => Number.isFinite(count));
  const areLists = Array.isArray(jobs) && jobs.every(isJob) && Array.isArray(days);
  return areCounts && areLists && typeof months === 'object' && months !== null;
}

function isJob(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { jobId, name, purpose, submitter, done, busyMs } = value as Record<string, unknown>;
  const areTexts = [jobId, name, purpose, submitter].every((text) => typeof text === 'string');
  return areTexts && Number.isFinite(done) && Number.isFinite(busyMs);
}
