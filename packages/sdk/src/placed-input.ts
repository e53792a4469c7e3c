import type { ShardId } from '@manytabs/protocol';

/** An input with the shards it is about, so that its task can go where they are. */
export class PlacedInput {
  readonly row: unknown;
  readonly near: readonly ShardId[];

  constructor(row: unknown, near: readonly ShardId[]) {
    this.row = row;
    this.near = near;
  }
}
