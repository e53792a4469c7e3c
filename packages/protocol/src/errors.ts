/**
 * Every failure a person or a program can meet, with what to do next. Codes never change their meaning; the wire
 * carries `{code, message, details}` because structured cloning strips an Error subclass.
 */
export const ERRORS = {
  // submitting
  'free-variable': 'Pass the value in args, or move its definition into the function.',
  'syntax-error': 'Fix the task source at the place named.',
  'module-unresolved': 'Install the imported module or correct its path.',
  'export-missing': 'Name an export the module has.',
  'wasm-invalid': 'Compile the module for wasm32 without the feature named.',
  'input-invalid': 'Correct the input at the place named.',
  'input-empty': 'Give at least one input.',
  'file-missing': 'Check the path.',
  'spec-invalid': 'Correct the option named.',
  'job-unknown': 'List the jobs to see their ids.',
  'job-ended': 'Submit the job again.',
  infeasible: 'Ask for less, or wait until the grid has what the job requires.',
  'input-missing': 'See the failed task of the job before; then retry what failed.',
  'deadline-passed':
    'What was computed is kept: read the results, or submit again with a later deadline.',
  'budget-spent':
    'What was computed is kept: read the results, or submit again with a larger budget.',
  'shards-missing': 'Upload the shards named, then submit again.',
  'answer-too-large': 'Ask for less at a time: one job, one folder, or a pattern.',
  'quota-exceeded': 'Wait for running jobs to end, or cancel one.',
  // running
  'task-threw': 'Fix the task; the message is its own.',
  'task-timeout': 'Make the task shorter or raise the timeout.',
  'task-flooded': 'Send fewer messages from the task.',
  'task-crashed': 'Use less memory in the task.',
  'output-too-large': 'Return less, or split the task.',
  'output-not-cloneable': 'Return plain data: numbers, text, bytes, arrays and objects.',
  'too-many-errors': 'See the attempts for the cause.',
  'no-consensus': 'The results differ between volunteers: is the task deterministic?',
  'job-declined':
    'Nothing: the person at that device does not want it, and other volunteers take it.',
  cancelled: 'Submit the job again if this was not meant.',
  'sandbox-refused': 'Use a browser that passes the sandbox self-test.',
  // talking
  'frame-malformed': 'Update the program that sent it.',
  'frame-too-large': 'Send less in one message.',
  'frame-unexpected': 'Send messages only when their turn comes.',
  'version-mismatch': 'Reload to get the current version.',
  'identity-refused': 'Sign with the key the identity derives from.',
  'identity-in-use': 'Close the other tab of this volunteer.',
  'lease-stale': 'Nothing: the task was given to somebody else.',
  'too-many-peers': 'Try again later.',
  'rate-limited': 'Slow down.',
  'token-missing': 'Give a token with --token or in the address.',
  'token-refused': 'Ask the owner of the grid for a token with that scope.',
  'token-expired': 'Ask the owner of the grid for a new token.',
  'token-revoked': 'Ask the owner of the grid why, and for a new token.',
  'token-unknown': 'List the tokens to see their ids.',
  'origin-refused': 'Ask the owner of the grid to allow the site that this page is of.',
  'grid-key-changed':
    'Leave, unless the owner of the grid has set it up anew; then press Start again.',
  'manifest-refused': 'Leave: somebody between the grid and this tab has changed what is to run.',
  unreachable: 'Check the address and that the grid is up.',
  'connection-lost': 'It reconnects by itself.',
  timeout: 'Try again.',
  closed: 'Connect again.',
  aborted: 'Nothing: it was asked for.',
  // files
  'path-invalid': 'Use a path like /in/a.csv: names without .., control or direction characters.',
  'path-missing': 'List the folder to see what is there.',
  'path-taken': 'Remove what is there, or choose another name.',
  'folder-not-empty': 'Remove what is in it first, or say that you mean all of it (-r).',
  'not-a-folder': 'A file has nothing below it; choose another path.',
  'not-a-file': 'Name a file, or say that you mean the whole folder (-r).',
  'not-yours': 'Ask its owner or the owner of the grid.',
  'file-too-large': 'Split it into several files.',
  'file-changed': 'Read it again: it was replaced meanwhile.',
  'upload-unknown': 'Put the file again: what is here already is not sent twice.',
  'too-few-volunteers': 'Wait for more tabs, ask for fewer copies, or choose --durability durable.',
  'file-lost': 'Wait for the volunteers that hold the rest, or put it again.',
  // storing
  'shard-missing': 'Upload it again.',
  'shard-corrupt': 'Nothing: another copy is used.',
  'storage-full': 'Free some space; nothing was lost.',
  'storage-failed': 'See the cause.',
  'storage-corrupt':
    'Restore the newest backup into another folder: manytabs restore FILE --data DIR.',
  'backup-damaged': 'Use another backup; nothing was restored.',
  'data-exists': 'Choose a folder or a database that holds no grid.',
  'restore-unfinished': 'Restore the same backup again.',
  'storage-newer': 'Update Manytabs: a newer version wrote this data.',
  'epoch-stale': 'Nothing: another coordinator has taken over this data.',
  'lock-held': 'Wait for it, or try again later.',
  'lock-lost': 'Acquire the lock again, then read before you write.',
  'version-conflict': 'Read the key again, then write with its version.',
  'database-unreachable': 'Check the address of the database and that it is up.',
  'database-refused': 'Check the user, the password and the rights on the database.',
  // the machine
  'browser-missing': 'Install Chromium, or name one with MANYTABS_BROWSER.',
  'space-refused': 'Give the job a space (--space PREFIX): its tasks share values only below it.',
  'blobs-unreachable': 'Look at the endpoint of --blobs, and whether the store of objects is up.',
  'blobs-refused':
    'Look at the bucket of --blobs, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and the rights of the key.',
  'ice-server-invalid':
    'Write each as stun:HOST:PORT or turn:HOST:PORT,USER,CREDENTIAL, or give --turn-secret.',
  'address-in-use': 'Stop the other program, or choose another --port.',
  'data-in-use': 'Stop the other grid, or choose another --data.',
  'output-unwritable': 'Name a file or a folder with --out that you may write.',
  usage: 'See --help.',
  internal: 'This is a fault of Manytabs: report it, with what led to it.',
} as const;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'connection-lost',
  'timeout',
  'unreachable',
  'rate-limited',
  'too-many-peers',
  'storage-full',
  'too-few-volunteers',
]);

export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: unknown;
}

/** The one error class at the edges. Test `code`, never `instanceof`, across a worker or the wire. */
export class GridError extends Error {
  override readonly name: string = 'GridError';
  readonly code: ErrorCode;
  readonly details: unknown;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }

  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }

  get hint(): string {
    return ERRORS[this.code];
  }

  toRecord(): ErrorRecord {
    const record = { code: this.code, message: this.message };
    return this.details === undefined ? record : { ...record, details: this.details };
  }

  static fromRecord(record: ErrorRecord): GridError {
    return new GridError(record.code, record.message, { details: record.details });
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}

/** Any thrown thing as a GridError; one that is none already gets `code`. */
export function toGridError(thrown: unknown, code: ErrorCode): GridError {
  if (thrown instanceof GridError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new GridError(code, message, { cause: thrown });
}
