const KIB = 1024;
const MIB = 1024 * KIB;

/** Bounds of the sandbox: what the worker keeps to and the frame enforces. Times in ms. */
export const BOUNDS = {
  /** A worker reports the first it has of a run after this long, what follows after twice as long each time… */
  FLUSH_MS: 20,
  /** …and at least this often. */
  FLUSH_MS_MAX: 100,
  /** And gives messages a chance this often, between two tasks. */
  TURN_MS: 100,
  /** A batch of results is posted when it reaches this size; a larger value travels alone. */
  FLUSH_BYTES: 48 * KIB,
  /** Messages of a worker that bring no task further, per second. */
  MESSAGES_PER_SECOND: 200,
  /** Reads of files under way in one worker. */
  READS_MAX: 64,
  PROGRESS_GAP_MS: 250,
  PREVIEW_GAP_MS: 500,
  PREVIEW_BYTES_MAX: MIB,
  /** Checkpoints in between are not kept. */
  CHECKPOINT_GAP_MS: 500,
  LOGS_PER_TASK_MAX: 100,
  /** Of one message of a worker. */
  LOGS_PER_MESSAGE_MAX: 1000,
  /** Of one worker; further lines are dropped. */
  LOGS_PER_SECOND: 1000,
  LOG_CHARS_MAX: 500,
  NOTE_CHARS_MAX: 200,
  ERROR_CHARS_MAX: 2000,
  /** From `new Worker` to its first word. */
  WORKER_UP_MS: 5_000,
  /** For the module's own top level. */
  LOAD_MS: 10_000,
  /** For Python, which starts anew in each worker, and the script's top level. */
  PYTHON_LOAD_MS: 90_000,
  /** A task that does not let go within this is ended and begins again later: who pauses is obeyed. */
  HOLD_GRACE_MS: 150,
  /** After so long it is known which did not. */
  HELD_MS: 160,
  /** With a duty below one, work and rest alternate in slices of about this length, if tasks are as short. */
  SLICE_MS: 50,
  /** The longest rest after one task, however long it took. */
  REST_MS_MAX: 60_000,
  STOP_GRACE_MS: 250,
  /** A worker that comes to no rest after its order within this is ended: what a task left behind keeps it busy. */
  REST_GRACE_MS: 5_000,
  WATCH_MS: 100,
  /** A longer gap between two looks at the clock (sleep, a throttled timer) is not charged to a task. */
  WATCH_GAP_MS_MAX: 1_000,
  /** A task named by exclusion must show its fault again within this time. */
  SUSPECT_MS: 2_000,
  /** After so much honest work a suspicion is dropped. */
  SUSPECT_BUSY_MS: 250,
  RESTARTS_MAX: 3,
  BEAT_MS: 500,
  BEATS_MISSED_MAX: 6,
  /** A frame that was at rest answers within this, or another is made. */
  SIGN_MS: 1_000,
  FRAME_UP_MS: 10_000,
  WARM_WORKERS_MAX: 4,
  /** A module's memory may grow to 1 GiB. */
  WASM_PAGES_MAX: 16_384,
  WASM_SECTION_ITEMS_MAX: 100_000,
  /** A file that a WASI command or a script of Python is given whole. */
  INPUT_FILE_BYTES_MAX: 128 * MIB,
  /** Files of one WASI task, all together. */
  WASI_FILE_BYTES_MAX: 256 * MIB,
  /** Files and folders that a WASI task is given. */
  WASI_FILES_MAX: 10_000,
} as const;
