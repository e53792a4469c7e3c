import {
  decodeFrame,
  encodeFrame,
  GridError,
  LIMITS,
  type SubmitterMessage,
  type Timers,
  type ToSubmitterMessage,
  toSubmitterMessageSchema,
} from '@manytabs/protocol';
import type { Channel } from './channel.ts';

export type Asked = Extract<SubmitterMessage, { request: number }>;
export type Query = Extract<SubmitterMessage, { type: 'query' }>;

const ANSWER_MS = 3_000;

/** Asks another server in somebody's name. @throws {GridError} what it has against it, `connection-lost`, `timeout` */
export function ask(
  channel: Channel | undefined,
  message: Asked,
  timers: Timers,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (!channel) return reject(new GridError('connection-lost', 'The other server is away.'));
    const late = () => channel.close(new GridError('timeout', 'The other server is slow.'));
    const cancel = timers.after(ANSWER_MS, late);
    channel.onClose((reason) => {
      cancel();
      reject(reason);
    });
    channel.onMessage((_lane, frame) => {
      for (const said of decodeFrame<ToSubmitterMessage>(frame, toSubmitterMessageSchema)) {
        if (said.type === 'answer') resolve(said.value);
        if (said.type === 'refused') reject(GridError.fromRecord(said));
        if (said.type === 'answer' || said.type === 'refused') channel.close();
      }
    });
    const frame = encodeFrame([message]);
    channel.send(frame.length > LIMITS.CONTROL_BYTES_MAX ? 'bulk' : 'control', frame);
  });
}
