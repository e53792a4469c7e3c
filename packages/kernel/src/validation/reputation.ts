export interface CheckedResults {
  /** Results that a quorum confirmed. */
  readonly valid: number;
  /** Results that a quorum contradicted. */
  readonly invalid: number;
}

const INVALID_MIN = 3;
const INVALID_SHARE_MAX = 0.05;

/** Whether an identity was wrong too often to be given work: a flipped bit is forgiven, a habit is not. */
export function isUnreliable({ valid, invalid }: CheckedResults): boolean {
  return invalid >= INVALID_MIN && invalid > INVALID_SHARE_MAX * (valid + invalid);
}
