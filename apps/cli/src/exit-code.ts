import type { ErrorCode, JobState } from '@manytabs/protocol';

/** What a script learns from the command; surface and docs/spec/command-line.md fix the numbers. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notAllowed: 3,
  unreachable: 4,
  partial: 5,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_ERROR: Partial<Record<ErrorCode, ExitCode>> = {
  'free-variable': EXIT.usage,
  'syntax-error': EXIT.usage,
  'module-unresolved': EXIT.usage,
  'export-missing': EXIT.usage,
  'wasm-invalid': EXIT.usage,
  'input-invalid': EXIT.usage,
  'input-empty': EXIT.usage,
  'ice-server-invalid': EXIT.usage,
  'space-refused': EXIT.usage,
  'output-not-cloneable': EXIT.usage,
  'file-missing': EXIT.usage,
  'spec-invalid': EXIT.usage,
  'job-unknown': EXIT.usage,
  'path-invalid': EXIT.usage,
  'path-missing': EXIT.usage,
  'path-taken': EXIT.usage,
  'folder-not-empty': EXIT.usage,
  'not-a-folder': EXIT.usage,
  'not-a-file': EXIT.usage,
  'file-too-large': EXIT.usage,
  'not-yours': EXIT.notAllowed,
  infeasible: EXIT.usage,
  'output-unwritable': EXIT.usage,
  usage: EXIT.usage,
  'token-missing': EXIT.notAllowed,
  'token-refused': EXIT.notAllowed,
  'token-expired': EXIT.notAllowed,
  'token-revoked': EXIT.notAllowed,
  'token-unknown': EXIT.usage,
  'origin-refused': EXIT.notAllowed,
  'identity-refused': EXIT.notAllowed,
  'grid-key-changed': EXIT.notAllowed,
  'manifest-refused': EXIT.notAllowed,
  'quota-exceeded': EXIT.notAllowed,
  unreachable: EXIT.unreachable,
  'connection-lost': EXIT.unreachable,
  timeout: EXIT.unreachable,
  closed: EXIT.unreachable,
  'rate-limited': EXIT.unreachable,
  'too-many-peers': EXIT.unreachable,
  'version-mismatch': EXIT.unreachable,
  'browser-missing': EXIT.unreachable,
  'address-in-use': EXIT.unreachable,
  'blobs-unreachable': EXIT.unreachable,
  'blobs-refused': EXIT.notAllowed,
  'database-unreachable': EXIT.unreachable,
  'database-refused': EXIT.notAllowed,
  'data-in-use': EXIT.unreachable,
  aborted: EXIT.cancelled,
  cancelled: EXIT.cancelled,
};

export function exitCodeOfError(code: ErrorCode): ExitCode {
  return BY_ERROR[code] ?? EXIT.failed;
}

/** A job that still runs has not failed: watching it ended for another reason. */
export function exitCodeOfJob(state: JobState): ExitCode {
  switch (state) {
    case 'failed':
      return EXIT.failed;
    case 'partial':
      return EXIT.partial;
    case 'cancelled':
      return EXIT.cancelled;
    case 'done':
    case 'running':
    case 'paused':
      return EXIT.done;
  }
}
