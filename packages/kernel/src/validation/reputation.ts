export interface CheckedResults {
  /** Results that a quorum confirmed. */
  readonly valid: number;
  /** Results that a quorum contradicted. */
  readonly invalid: number;
  /** How many results had been checked at each of the newest that were contradicted. */
  readonly faultsAt: readonly number[];
}

const INVALID_MIN = 3;
const INVALID_SHARE_MAX = 0.05;
/** So many wrong ones among so many checked ones are too many, whatever was before. */
export const FAULTS_MAX = 3;
const FAULTS_AMONG = 50;

/** Whether an identity was wrong too often to be given work: a flipped bit is forgiven, a habit is not. */
export function isUnreliable({ valid, invalid, faultsAt }: CheckedResults): boolean {
  if (invalid >= INVALID_MIN && invalid > INVALID_SHARE_MAX * (valid + invalid)) return true;
  const oldest = faultsAt[faultsAt.length - FAULTS_MAX];
  return oldest !== undefined && valid + invalid - oldest <= FAULTS_AMONG;
}
