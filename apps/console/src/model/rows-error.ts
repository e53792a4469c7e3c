import { GridError } from '@manytabs/protocol';

/** What is wrong with an input, and in which line of it (from 1). */
export function lineError(line: number, message: string): GridError {
  return new GridError('input-invalid', `Line ${line}: ${message}`, { details: { line } });
}
