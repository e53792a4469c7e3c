import type { VolunteerMessage } from '@manytabs/protocol';

/** Messages of a volunteer that the shells at both ends say and answer by themselves: no machine hears of them. */
export type ShellMessage = Extract<
  VolunteerMessage,
  {
    type:
      | 'join'
      | 'fetch'
      | 'fetch-part'
      | 'shard'
      | 'shard-part'
      | 'shard-absent'
      | 'shard-proof'
      | 'task-space'
      | 'account';
  }
>;
