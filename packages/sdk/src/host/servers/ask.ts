import {
  decodeFrame,
  encodeFrame,
  GridError,
  type SubmitterMessage,
  type Timers,
  type ToSubmitterMessage,
  toSubmitterMessageSchema,
} from '@manytabs/protocol';
import type { Channel } from './channel.ts';

export type Query = Extract<SubmitterMessage, { type: 'query' }>;

const ANSWER_MS = 3_000;

/** Asks another server what a submitter wants to know of the whole grid. */
export function ask(channel: Channel | undefined, query: Query, timers: Timers): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (!channel) return reject(new GridError('connection-lost', 'The other server is away.'));
    const late = () => channel.close(new GridError('timeout', 'The other server is slow.'));
    const cancel = timers.after(ANSWER_MS, late);
    channel.onClose((reason) => {
      cancel();
      reject(reason);
    });
    channel.onMessage((_lane, frame) => {
      for (const message of decodeFrame<ToSubmitterMessage>(frame, toSubmitterMessageSchema)) {
        if (message.type === 'answer') resolve(message.value);
        if (message.type === 'answer' || message.type === 'refused') channel.close();
      }
    });
    channel.send('control', encodeFrame([query]));
  });
}
