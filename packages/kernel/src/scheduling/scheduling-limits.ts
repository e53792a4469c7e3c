import { assert, LIMITS } from '@manytabs/protocol';

/** The numbers that scheduling turns on; tests and simulations change them. */
export interface SchedulingLimits {
  readonly suspectMs: number;
  readonly deadMs: number;
  readonly leaseMsMin: number;
  /** Computing time of one bundle at the start of a visit. */
  readonly bundleMs: number;
  /** What a bundle may grow to. */
  readonly bundleMsMax: number;
  /** The bundle doubles each time a visit is this much older. */
  readonly bundleDoublesEveryMs: number;
  /** No bundle is made smaller than this by the wish to share the rest of a job fairly. */
  readonly bundleMsMin: number;
  /** How many times the largest bundle that came back the next one may be. */
  readonly bundleGrowth: number;
  readonly bundlesPerWorker: number;
  /** For bundles so short that two of them do not last a round trip. */
  readonly bundlesPerWorkerMax: number;
  readonly queuedMsPerWorker: number;
  /** Tasks over this are not hoarded once there are few left. */
  readonly longTaskMs: number;
  /** Spans of a job that wait for another identity before fresh tasks are held back; grows with the workers. */
  readonly replicaSpansMax: number;
  /** Bytes of results of a job that wait for votes before fresh tasks are held back. */
  readonly pendingBytesMax: number;
  /** The same for all jobs together, shared equally past it. */
  readonly pendingBytesTotalMax: number;
  /** Share of the tasks handed out that may be handed out again because somebody is slow. */
  readonly speculationShare: number;
  /** An assignment is a straggler after this many times its estimate. */
  readonly stragglerFactor: number;
  readonly stragglerMsMin: number;
  readonly reviewMs: number;
  /** A holder whose lease expired gets no work for this long, doubling up to benchMsMax. */
  readonly benchMs: number;
  readonly benchMsMax: number;
  /** For how long a lease whose link broke may be taken up again, where it lasts no longer itself. */
  readonly resumeMsMax: number;
  readonly volunteersMax: number;
  readonly jobsMax: number;
  /** Of the jobs that ended the newest are kept: so many, and so many bytes of results. */
  readonly endedJobsMax: number;
  readonly endedBytesMax: number;
  readonly identitiesMax: number;
  /** How long somebody who was found wrong too often is shut out. */
  readonly quarantineMs: number;
}

export const SCHEDULING_LIMITS: SchedulingLimits = {
  suspectMs: LIMITS.SUSPECT_MS,
  deadMs: LIMITS.DEAD_MS,
  leaseMsMin: LIMITS.LEASE_MS_MIN,
  bundleMs: 1_000,
  bundleMsMax: 60_000,
  bundleDoublesEveryMs: 5 * 60_000,
  bundleMsMin: 20,
  bundleGrowth: 4,
  bundlesPerWorker: 2,
  bundlesPerWorkerMax: 8,
  queuedMsPerWorker: 60,
  longTaskMs: 2_000,
  replicaSpansMax: 256,
  pendingBytesMax: 64 * 1024 * 1024,
  pendingBytesTotalMax: 512 * 1024 * 1024,
  speculationShare: 0.1,
  stragglerFactor: 2,
  stragglerMsMin: 250,
  reviewMs: 500,
  benchMs: 30_000,
  benchMsMax: 600_000,
  resumeMsMax: 15 * 60_000,
  volunteersMax: LIMITS.VOLUNTEERS_MAX,
  jobsMax: LIMITS.JOBS_MAX,
  endedJobsMax: 1_000,
  endedBytesMax: 8 * 1024 ** 3,
  identitiesMax: 4 * LIMITS.VOLUNTEERS_MAX,
  quarantineMs: 24 * 3_600_000,
};

/** The defaults with some numbers changed, if they still make sense together. */
export function schedulingLimits(changes: Partial<SchedulingLimits> = {}): SchedulingLimits {
  const limits = { ...SCHEDULING_LIMITS, ...changes };
  assert(limits.suspectMs < limits.deadMs, 'a volunteer is suspect before it is dead');
  assert(limits.bundlesPerWorker <= limits.bundlesPerWorkerMax, 'the usual bundles are allowed');
  assert(limits.bundleMs <= limits.bundleMsMax, 'a bundle may be as long as its first target');
  assert(limits.identitiesMax > limits.volunteersMax, 'every volunteer that is here is remembered');
  return limits;
}
