import { FILE_MARK, type ShardId } from '@manytabs/protocol';

/** An input with the shards it is about, so that its task can go where they are. */
export class PlacedInput {
  readonly row: unknown;
  readonly near: readonly ShardId[];

  constructor(row: unknown, near: readonly ShardId[]) {
    this.row = row;
    this.near = near;
  }
}

/** What a function of the submitter's sees of an input. */
export function shownOf(input: unknown): unknown {
  return input instanceof PlacedInput ? shownRow(input.row) : input;
}

/** The same file with what its task is given besides. */
export function withParts(input: unknown, parts: unknown): unknown {
  if (!(input instanceof PlacedInput) || !isRow(input.row)) return parts;
  const given = isRow(parts) ? parts : { stdin: parts };
  return new PlacedInput({ ...input.row, ...given }, input.near);
}

function shownRow(row: unknown): unknown {
  if (!isRow(row)) return row;
  const { [FILE_MARK]: _, ...shown } = row;
  return shown;
}

function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}
