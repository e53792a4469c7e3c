import { assert } from './assert.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Every bound of the wire and the kernel. docs/LIMITS.md says why, and a test holds the two together. */
export const LIMITS = {
  /** A message on the control lane. */
  CONTROL_BYTES_MAX: 64 * KIB,
  /** A message on the bulk lane, after reassembly. */
  BULK_BYTES_MAX: 16 * MIB,
  /** Messages in one frame. */
  FRAME_MESSAGES_MAX: 1024,
  /** Nesting of a decoded value. */
  VALUE_DEPTH_MAX: 32,
  /** Elements and keys, all together, of a decoded value. */
  VALUE_NODES_MAX: 1_000_000,
  /** One piece of a file or an input list. */
  SHARD_BYTES: MIB,
  SHARD_BYTES_MAX: 4 * MIB,
  /** A shard up to this size travels with the assignment that needs it. */
  INLINE_SHARD_BYTES: 16 * KIB,
  /** What a part of a shard is proven by. */
  LEAF_BYTES: 32 * KIB,
  SHARD_REPLICAS: 2,
  /** What one task may return, encoded. */
  OUTPUT_BYTES_DEFAULT: 4 * MIB,
  OUTPUT_BYTES_MAX: 8 * MIB,
  /** What a sandbox gives one task, in MiB: the memory of a WASM module grows no further. */
  TASK_MEMORY_MB_MAX: 1024,
  /** What a task keeps of its work, for another tab to go on from: it travels with an assignment. */
  CHECKPOINT_BYTES_MAX: 32 * KIB,
  /** Of a picture that a task shows its submitter. */
  PREVIEW_PIXELS_MAX: 4_096,
  MODULE_BYTES_MAX: 4 * MIB,
  ARGS_BYTES_MAX: 32 * KIB,
  NAME_CHARS_MAX: 200,
  /** A donor's or a team's name, where others see it. */
  SHOWN_NAME_CHARS_MAX: 40,
  /** What a volunteer says against its quarantine. */
  APPEAL_CHARS_MAX: 500,
  DEVICES_PER_DONOR_MAX: 32,
  FILES_PER_JOB_MAX: 64,
  CHUNKS_PER_JOB_MAX: 100_000,
  SOURCES_PER_JOB_MAX: 16,
  /** Parts that one job is cut into, each for a server. */
  PARTS_PER_JOB_MAX: 16,
  /** Values of one task of a reduction. */
  FAN_IN_MAX: 4096,
  /** The longest deadline, budget and rest: thirty days. */
  JOB_MS_MAX: 30 * 86_400_000,
  TASKS_PER_JOB_MAX: 2 ** 40,
  /** Tasks of one assignment. */
  BUNDLE_TASKS_MAX: 4096,
  /** Leases that one message takes up again. */
  LEASES_PER_RESUME_MAX: 256,
  WORKERS_PER_VOLUNTEER_MAX: 128,
  VOLUNTEERS_MAX: 20_000,
  JOBS_MAX: 10_000,
  SPACE_PREFIX_CHARS_MAX: 64,
  /** What a task asks of the space, and what it gets, encoded; calls of one tab under way. */
  TASK_SPACE_BYTES_MAX: 52 * KIB,
  TASK_SPACE_CALLS_MAX: 64,
  /** STUN and TURN servers that a grid names to a tab. */
  ICE_SERVERS_MAX: 16,
  /** Servers that a grid names to a peer. */
  SERVERS_MAX: 64,
  HEARTBEAT_MS: 2_000,
  SUSPECT_MS: 5_000,
  DEAD_MS: 15_000,
  LEASE_MS_MIN: 90_000,
  TASK_TIMEOUT_MS_DEFAULT: 60_000,
  TASK_TIMEOUT_MS_MAX: 3_600_000,
  HELD_SHARDS_PER_REPORT_MAX: 1024,
  /** Jobs, volunteers or tokens in one answer; the rest are asked for after the last of them. */
  ROWS_PER_ANSWER_MAX: 1_000,
  /** Shards that one query asks about. */
  SHARDS_PER_QUERY_MAX: 512,
  STORY_ROWS_MAX: 64,
  /** Attempts that a coordinator remembers, of all jobs. */
  ATTEMPTS_MAX: 262_144,
  ATTEMPTS_PER_ANSWER_MAX: 2_000,
  TOKENS_MAX: 10_000,
  ORIGINS_PER_TOKEN_MAX: 16,
  ORIGIN_CHARS_MAX: 256,
  /** What submitters share: a key, a value, a page of values. */
  SPACE_KEY_CHARS_MAX: 128,
  SPACE_VALUE_BYTES_MAX: 48 * KIB,
  SPACE_PAGE_BYTES: 512 * KIB,
  SPACE_LEASE_MS_MAX: 3_600_000,
  SPACE_PERMITS_MAX: 500,
  /** A path of the grid's file system, and one name of it, in bytes of UTF-8. */
  PATH_CHARS_MAX: 2_048,
  FILE_NAME_BYTES_MAX: 255,
  FOLDER_DEPTH_MAX: 64,
  /** Pieces of one file, parity among them. */
  FILE_PIECES_MAX: 1_048_576,
  FILE_REPLICAS_MAX: 16,
  /** Data or parity pieces of a code. */
  CODE_PIECES_MAX: 32,
  /** Entries of one answer to a listing. */
  FILE_LIST_MAX: 1_000,
  /** Files whose health one message asks for. */
  FILE_HEALTH_MAX: 64,
  /** Pieces one message asks about. */
  FILE_WINDOW_MAX: 256,
  NEAR_SHARDS_MAX: 64,
} as const;

assert(LIMITS.DEAD_MS > 3 * LIMITS.HEARTBEAT_MS, 'a volunteer may miss three heartbeats');
assert(LIMITS.SUSPECT_MS > 2 * LIMITS.HEARTBEAT_MS, 'one late heartbeat raises no suspicion');
assert(LIMITS.LEASE_MS_MIN > LIMITS.DEAD_MS, 'a lease outlives its holder');
assert(LIMITS.OUTPUT_BYTES_MAX < LIMITS.BULK_BYTES_MAX, 'the largest output fits a bulk message');
assert(LIMITS.SHARD_BYTES_MAX < LIMITS.BULK_BYTES_MAX, 'the largest shard fits a bulk message');
assert(
  LIMITS.INLINE_SHARD_BYTES < LIMITS.CONTROL_BYTES_MAX,
  'an inline shard fits a control message',
);
