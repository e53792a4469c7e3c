import { wasi } from '@bjorn3/browser_wasi_shim';
import { Prng } from '@manytabs/protocol';

/** 2000-01-01T00:00:00Z, in nanoseconds: when every execution begins. */
const EPOCH_NS = 946_684_800_000_000_000n;
/** A clock that stood still would hold programs that wait for it. */
const TICK_NS = 1_000n;
const BAD_CLOCK = 28;
const CLOCKS = 4;
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
/** Of a subscription, where its parts are. */
const AT = { userdata: 0, type: 8, clock: 16, timeout: 24, flags: 40 } as const;

export type Imports = Record<string, (...given: never[]) => unknown>;

/**
 * Time, sleep and chance as every execution of a task sees them: the clock moves by a microsecond each time it is read,
 * and a program that sleeps finds itself later at once.
 */
export function systemImports(seed: number, memory: () => ArrayBuffer): Imports {
  const draws = new Prng(seed, 'wasi');
  let elapsed = 0n;
  const now = (clock: number) => (clock === wasi.CLOCKID_REALTIME ? EPOCH_NS : 0n) + elapsed;
  return {
    clock_res_get: (clock: number, at: number) => {
      if (clock >= CLOCKS) return BAD_CLOCK;
      new DataView(memory()).setBigUint64(at, TICK_NS, true);
      return wasi.ERRNO_SUCCESS;
    },
    clock_time_get: (clock: number, _precision: bigint, at: number) => {
      if (clock >= CLOCKS) return BAD_CLOCK;
      elapsed += TICK_NS;
      new DataView(memory()).setBigUint64(at, now(clock), true);
      return wasi.ERRNO_SUCCESS;
    },
    random_get: (at: number, length: number) => {
      const bytes = new Uint8Array(memory(), at, length);
      for (let i = 0; i < length; i++) bytes[i] = draws.uint32() >>> 24;
      return wasi.ERRNO_SUCCESS;
    },
    poll_oneoff: (from: number, to: number, count: number, counted: number) => {
      if (count === 0) return wasi.ERRNO_INVAL;
      const waits = Array.from({ length: count }, (_, i) =>
        waitOf(new DataView(memory(), from + i * SUBSCRIPTION_BYTES, SUBSCRIPTION_BYTES), now),
      );
      const due = soonest(waits);
      elapsed += due[0]?.ns ?? 0n;
      due.forEach((wait, i) => {
        writeEvent(new DataView(memory(), to + i * EVENT_BYTES, EVENT_BYTES), wait);
      });
      new DataView(memory()).setUint32(counted, due.length, true);
      return wasi.ERRNO_SUCCESS;
    },
    sched_yield: () => wasi.ERRNO_SUCCESS,
    proc_raise: () => wasi.ERRNO_NOTSUP,
    sock_accept: () => wasi.ERRNO_NOTSUP,
    sock_recv: () => wasi.ERRNO_NOTSUP,
    sock_send: () => wasi.ERRNO_NOTSUP,
    sock_shutdown: () => wasi.ERRNO_NOTSUP,
  };
}

interface Wait {
  readonly userdata: bigint;
  readonly type: number;
  readonly ns: bigint;
}

/** How long a subscription waits: a file is ready at once. */
function waitOf(subscription: DataView, now: (clock: number) => bigint): Wait {
  const userdata = subscription.getBigUint64(AT.userdata, true);
  const type = subscription.getUint8(AT.type);
  if (type !== wasi.EVENTTYPE_CLOCK) return { userdata, type, ns: 0n };
  const timeout = subscription.getBigUint64(AT.timeout, true);
  const isMoment = (subscription.getUint16(AT.flags, true) & 1) !== 0;
  const ns = isMoment ? timeout - now(subscription.getUint32(AT.clock, true)) : timeout;
  return { userdata, type, ns: ns > 0n ? ns : 0n };
}

function soonest(waits: readonly Wait[]): Wait[] {
  const [least] = waits.map(({ ns }) => ns).sort((a, b) => (a < b ? -1 : 1));
  return waits.filter(({ ns }) => ns === least);
}

function writeEvent(event: DataView, { userdata, type }: Wait): void {
  for (let at = 0; at < EVENT_BYTES; at++) event.setUint8(at, 0);
  event.setBigUint64(0, userdata, true);
  event.setUint8(10, type);
}
