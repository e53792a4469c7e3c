export { AssertionError, assert, must, unreachable } from './assert.ts';
export { Column, sameBytes } from './codec/column.ts';
export { encodedArray } from './codec/encoded-array.ts';
export { checkFrame, decodeFrame, encodeFrame } from './codec/frame.ts';
export { joinBytes } from './codec/join-bytes.ts';
export { Scanner } from './codec/scan.ts';
export { decodeValue, encodeValue } from './codec/value.ts';
export {
  ERROR_CODES,
  ERRORS,
  type ErrorCode,
  type ErrorRecord,
  GridError,
  isErrorCode,
  toGridError,
} from './errors.ts';
export { FileLayout, type StripeLayout } from './files/file-layout.ts';
export {
  checkPath,
  checkPattern,
  decodeName,
  encodeName,
  joinPath,
  nameMatcher,
  namesOf,
} from './files/grid-path.ts';
export { merkleRoot } from './files/merkle-root.ts';
export {
  FILE_MARK,
  mayHaveFiles,
  type OutputFile,
  outputPath,
  type ReferredFile,
  type TaskOutput,
  unwrapOutput,
  type WrittenFile,
  wrapOutput,
} from './files/task-files.ts';
export type {
  FileCheck,
  FileEntry,
  FileHealth,
  FileList,
  FileManifest,
  FileProblem,
  FileStat,
  FilesUsage,
} from './files/views.ts';
export { helloBytes, manifestBytes, welcomeBytes } from './hello.ts';
export { type IceAnswer, type IceServer, iceAnswerSchema, iceServerSchema } from './ice.ts';
export {
  base32,
  COORDINATOR_PEER_ID,
  hex,
  type JobId,
  jobId,
  jobIdSchema,
  type LeaseId,
  leaseId,
  type PeerId,
  peerId,
  peerIdSchema,
  type SessionId,
  type ShardId,
  sessionId,
  shardId,
  shardIdSchema,
  type VolunteerId,
  volunteerId,
  volunteerIdSchema,
} from './ids.ts';
export { LIMITS } from './limits.ts';
export {
  type AccountOperation,
  type AccountView,
  accountViewSchema,
  type Credit,
} from './messages/account.ts';
export {
  type AssignMessage,
  type CoordinatorMessage,
  coordinatorMessageSchema,
  type JobMessage,
} from './messages/coordinator.ts';
export {
  type CodeScheme,
  type Durability,
  type FileOp,
  type Redundancy,
  redundancySchema,
} from './messages/files.ts';
export {
  type Backoff,
  type Check,
  type Compare,
  compareSchema,
  type Determinism,
  type FileRef,
  type InputChunk,
  type Inputs,
  type JobSpec,
  jobSpecSchema,
  type Module,
  type MosaicView,
  type Part,
  type Program,
  type Quorum,
  type ShardRef,
  type Source,
  type Tier,
  tierSchema,
} from './messages/job-spec.ts';
export type { SpaceEntry, SpaceOperation } from './messages/space.ts';
export {
  type JobEvent,
  type ProvisionalMessage,
  type RowsMessage,
  type SubmitterMessage,
  submitterMessageSchema,
  type ToSubmitterMessage,
  toSubmitterMessageSchema,
} from './messages/submitter.ts';
export { type TaskSpaceOperation, taskSpaceOperationSchema } from './messages/task-space.ts';
export {
  type Quota,
  quotaSchema,
  type Scope,
  type SiteUse,
  scopeSchema,
  type TokenView,
  tokenIdSchema,
} from './messages/token.ts';
export {
  type ResumeMessage,
  type TabMessage,
  tabMessageSchema,
  type VolunteerMessage,
  volunteerMessageSchema,
} from './messages/volunteer.ts';
export type {
  Appended,
  Blobs,
  Change,
  CollectedBlobs,
  Entry,
  Journal,
  KeyValue,
  Lane,
  Link,
  Road,
  Timers,
  Transport,
  Versioned,
} from './ports.ts';
export { hash32, Prng } from './prng.ts';
export { placeTile, type Tile } from './tile.ts';
export { PROTOCOL_VERSION } from './version.ts';
export {
  type AttemptOutcome,
  type AttemptRow,
  type AttemptsPage,
  type Belief,
  type Disagreement,
  type ErrorExample,
  type ErrorGroup,
  type Explanation,
  type GridState,
  hasEnded,
  type JobCost,
  type JobLocality,
  type JobState,
  type JobTimes,
  type JobView,
  type LogRow,
  type NodeView,
  type Quantiles,
  type QuarantineView,
  type ShardView,
  type StallView,
  type StandingView,
  type StatusView,
  type StoryRow,
  type TaskCounts,
  type TaskSource,
  type VolunteerState,
} from './views.ts';
export { z } from './zod.ts';
