export { LaneLink, type LaneLinkOptions } from './lanes.ts';
export { TRANSPORT_LIMITS } from './limits.ts';
export { MemoryNetwork } from './memory.ts';
export type { Pipe } from './outbox.ts';
export { type ForwardedSignal, forwardedSchema } from './signals.ts';
export { type Rate, TokenBucket } from './token-bucket.ts';
