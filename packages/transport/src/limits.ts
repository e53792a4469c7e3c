import { assert, LIMITS } from '@manytabs/protocol';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bounds of every road. docs/spec/transport-and-storage.md says what happens at each. */
export const TRANSPORT_LIMITS = {
  /** One frame on the wire: the largest control message and its header. */
  FRAME_BYTES_MAX: LIMITS.CONTROL_BYTES_MAX + 16,
  /** A bulk message travels in pieces of this size, so that control frames pass between them. */
  PIECE_BYTES: 64 * KIB,
  /** Over WebRTC smaller: SCTP sends a frame whole before another stream gets its turn. */
  WEBRTC_PIECE_BYTES: 32 * KIB,
  /** Bulk bytes that may be under way to a peer that has not taken them. */
  WINDOW_BYTES: 256 * KIB,
  /**
   * The same where libdatachannel sends: its SCTP serves no other stream while one keeps its queue full, and a control
   * message to a tab then takes 0.2 to 2 s instead of 12 ms. Chromium's is fair.
   */
  LIBDATACHANNEL_WINDOW_BYTES: 128 * KIB,
  /** A receiver grants new credit once it took this much. */
  GRANT_BYTES: 64 * KIB,
  /** Credit a peer may ever give; more is malformed. */
  CREDIT_BYTES_MAX: 64 * MIB,
  /** Bulk stops writing to the road here, and resumes at LOW_WATER_BYTES. */
  BULK_HIGH_WATER_BYTES: 256 * KIB,
  LOW_WATER_BYTES: 64 * KIB,
  /** Control stops writing to the road here. Above bulk's mark, so bulk never holds it up. */
  CONTROL_HIGH_WATER_BYTES: MIB,
  /** `ready` waits above these. */
  CONTROL_READY_BYTES: 256 * KIB,
  BULK_READY_BYTES: MIB,
  /** A lane with more than this waiting belongs to a peer that takes nothing: the link closes. */
  CONTROL_QUEUE_BYTES_MAX: 16 * MIB,
  BULK_QUEUE_BYTES_MAX: 128 * MIB,
  /** Messages kept for a link that has no listener yet. */
  HELD_BYTES_MAX: LIMITS.BULK_BYTES_MAX + MIB,
  HELD_MESSAGES_MAX: 1024,
  BYE_TEXT_CHARS_MAX: 300,
  CONNECT_MS: 15_000,
  /** How long a closed link may take to hand over its last frames. */
  LINGER_MS: 5_000,
} as const;

/** Both ends make the bulk channel themselves: PeerJS takes a second channel that announces itself for its first. */
export const BULK_CHANNEL_ID = 100;

export const WEBRTC_LINGER_MS = 1_000;

const T = TRANSPORT_LIMITS;
assert(T.PIECE_BYTES + 5 <= T.FRAME_BYTES_MAX, 'a piece and its header fit a frame');
assert(T.WINDOW_BYTES > T.GRANT_BYTES + T.PIECE_BYTES, 'a sender never starves on withheld credit');
assert(
  T.LIBDATACHANNEL_WINDOW_BYTES > T.GRANT_BYTES + T.WEBRTC_PIECE_BYTES,
  'nor does one that uses less than its credit',
);
assert(T.CONTROL_HIGH_WATER_BYTES > T.BULK_HIGH_WATER_BYTES, 'bulk stops before control does');
assert(T.BULK_QUEUE_BYTES_MAX > LIMITS.BULK_BYTES_MAX, 'the largest message can be queued');
