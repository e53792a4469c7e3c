/** What the widget tells the page that embeds it; nothing the page says can start it. */
export type WidgetState =
  /** The frame is being loaded. */
  | 'loading'
  /** It waits for the visitor's answer. */
  | 'asking'
  | 'declined'
  | 'starting'
  | 'computing'
  /** Agreed to, and at rest: `reason` tells why. */
  | 'waiting'
  | 'paused'
  | 'stopped'
  | 'error';

export interface WidgetStatus {
  readonly state: WidgetState;
  /** A code: `no-work`, `battery`, `covered` …; empty where the state says it all. */
  readonly reason: string;
  readonly tasksDone: number;
}

export interface WidgetError {
  readonly code: string;
  readonly message: string;
  /** Whether the same may succeed later without a change to the page. */
  readonly retryable: boolean;
}

export type FrameMessage =
  | ({ readonly manytabs: 1; readonly type: 'status' } & WidgetStatus)
  | ({ readonly manytabs: 1; readonly type: 'error' } & WidgetError);

/** The one thing a page tells the frame: that it is there, so that the frame knows its origin. */
export const HELLO = { manytabs: 1, type: 'hello' } as const;

const STATES: readonly string[] = [
  'loading',
  'asking',
  'declined',
  'starting',
  'computing',
  'waiting',
  'paused',
  'stopped',
  'error',
];

export function readFrameMessage(data: unknown): FrameMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { manytabs, type, state, reason, tasksDone, code, message, retryable } = data as Record<
    string,
    unknown
  >;
  if (manytabs !== 1) return undefined;
  if (type === 'status' && isState(state) && isText(reason) && Number.isSafeInteger(tasksDone))
    return { manytabs, type, state, reason, tasksDone: Number(tasksDone) };
  if (type === 'error' && isText(code) && isText(message))
    return { manytabs, type, code, message, retryable: retryable === true };
  return undefined;
}

function isState(value: unknown): value is WidgetState {
  return typeof value === 'string' && STATES.includes(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 500;
}
