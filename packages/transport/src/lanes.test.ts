import { type GridError, type Lane, LIMITS, peerId } from '@manytabs/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bulkMoreFrame, bulkStartFrame, byeFrame, readFrame } from './frames.ts';
import { LaneLink } from './lanes.ts';
import { TRANSPORT_LIMITS } from './limits.ts';
import type { Pipe } from './outbox.ts';

/** A pipe that delivers when told, so that fast-check chooses every interleaving. */
class HandPipe implements Pipe {
  readonly frames: Uint8Array[] = [];

  write(frame: Uint8Array): void {
    this.frames.push(frame);
  }

  bufferedBytes(): number {
    return this.frames.reduce((bytes, frame) => bytes + frame.length, 0);
  }
}

interface Side {
  readonly link: LaneLink;
  readonly pipes: { readonly [lane in Lane]: HandPipe };
  readonly heard: { [lane in Lane]: Uint8Array[] };
  readonly closes: GridError[];
}

interface SideOptions {
  readonly isShared?: boolean;
  readonly pieceBytes: number;
  readonly windowBytesMax?: number;
}

function setupSide({ isShared = false, pieceBytes, windowBytesMax }: SideOptions): Side {
  const control = new HandPipe();
  const bulk = isShared ? control : new HandPipe();
  const link = new LaneLink({
    peer: peerId('other'),
    road: 'memory',
    control,
    bulk,
    pieceBytes,
    windowBytesMax,
    end: () => {},
  });
  const side: Side = {
    link,
    pipes: { control, bulk },
    heard: { control: [], bulk: [] },
    closes: [],
  };
  link.onMessage((lane, message) => side.heard[lane].push(message));
  link.onClose((reason) => side.closes.push(reason));
  link.start();
  return side;
}

/** Moves one frame; false when the pipe was empty. */
function move(from: Side, to: Side, lane: Lane): boolean {
  const frame = from.pipes[lane].frames.shift();
  if (!frame) return false;
  to.link.receive(lane, frame);
  from.link.drained();
  return true;
}

function settle(a: Side, b: Side): void {
  let isMoving = true;
  while (isMoving) {
    isMoving = false;
    for (const lane of ['control', 'bulk'] as const) {
      isMoving = move(a, b, lane) || isMoving;
      isMoving = move(b, a, lane) || isMoving;
    }
  }
}

const lengthOf = ({ length }: Uint8Array) => length;
const laneName = fc.constantFrom<Lane>('control', 'bulk');
const step = fc.oneof(
  fc.record({ do: fc.constant('send' as const), lane: laneName, bytes: fc.nat(3000) }),
  fc.record({ do: fc.constant('forth' as const), lane: laneName }),
  fc.record({ do: fc.constant('back' as const), lane: laneName }),
);

test('[TR1] any sizes in any interleaving arrive whole, once and in order', {
  timeout: 60_000,
}, () => {
  const run = fc.property(
    fc.array(step, { maxLength: 200 }),
    fc.boolean(),
    fc.integer({ min: 1, max: 700 }),
    fc.integer({ min: 66_500, max: 300_000 }),
    (steps, isShared, pieceBytes, windowBytesMax) => {
      const a = setupSide({ isShared, pieceBytes, windowBytesMax });
      const b = setupSide({ isShared, pieceBytes });
      const sent: { [lane in Lane]: Uint8Array[] } = { control: [], bulk: [] };
      for (const [i, one] of steps.entries()) {
        if (one.do === 'forth') move(a, b, one.lane);
        else if (one.do === 'back') move(b, a, one.lane);
        else {
          const message = new Uint8Array(one.bytes).fill(i);
          sent[one.lane].push(message);
          a.link.send(one.lane, message);
        }
      }
      settle(a, b);
      for (const lane of ['control', 'bulk'] as const) {
        expect(Buffer.concat(b.heard[lane]).equals(Buffer.concat(sent[lane]))).toBe(true);
        expect(b.heard[lane].map(lengthOf)).toEqual(sent[lane].map(lengthOf));
      }
      expect([a.closes, b.closes]).toEqual([[], []]);
      expect(a.link.queuedBytes('bulk') + a.link.queuedBytes('control')).toBe(0);
    },
  );
  fc.assert(run, { numRuns: 200 });
});

test('[TR2] on a shared pipe at most one high-water mark of bulk is ahead of a control message', () => {
  const a = setupSide({ isShared: true, pieceBytes: TRANSPORT_LIMITS.PIECE_BYTES });
  const b = setupSide({ isShared: true, pieceBytes: TRANSPORT_LIMITS.PIECE_BYTES });
  settle(a, b);
  a.link.send('bulk', new Uint8Array(LIMITS.BULK_BYTES_MAX));
  const ahead = a.pipes.control.bufferedBytes();
  expect(ahead).toBeGreaterThan(0);
  expect(ahead).toBeLessThan(
    TRANSPORT_LIMITS.BULK_HIGH_WATER_BYTES + TRANSPORT_LIMITS.PIECE_BYTES + 5,
  );
  a.link.send('control', Uint8Array.of(1));
  expect(a.pipes.control.bufferedBytes()).toBe(ahead + 2);
});

test.each([TRANSPORT_LIMITS.WINDOW_BYTES, 100_000])(
  '[TR15] bulk under way never exceeds the credit of a peer, nor a bound of the road: %i bytes',
  (windowBytesMax) => {
    const pieceBytes = 10_000;
    const a = setupSide({ pieceBytes, windowBytesMax });
    const b = setupSide({ pieceBytes });
    settle(a, b);
    a.link.send('bulk', new Uint8Array(4_000_000));
    let takenBytes = 0;
    for (let frame = a.pipes.bulk.frames.shift(); frame; frame = a.pipes.bulk.frames.shift()) {
      takenBytes += frame.length;
      a.link.drained();
    }
    expect(takenBytes).toBeGreaterThan(windowBytesMax - 2 * pieceBytes);
    expect(takenBytes).toBeLessThan(windowBytesMax + 5 * 30);
  },
);

test('[TR7] a peer that takes nothing at all costs a bounded queue, then the link', async () => {
  const a = setupSide({ pieceBytes: TRANSPORT_LIMITS.PIECE_BYTES });
  const message = new Uint8Array(LIMITS.CONTROL_BYTES_MAX);
  const waiting = a.link.ready('bulk');
  while (a.closes.length === 0) {
    a.link.send('control', message);
    expect(a.link.queuedBytes('control')).toBeLessThanOrEqual(
      TRANSPORT_LIMITS.CONTROL_QUEUE_BYTES_MAX + 1024,
    );
  }
  expect(a.closes[0]?.code).toBe('connection-lost');
  await waiting;
});

test('[TR6] control messages that wait for room leave when the link is closed', () => {
  const a = setupSide({ pieceBytes: 100 });
  const b = setupSide({ pieceBytes: 100 });
  settle(a, b);
  const message = new Uint8Array(LIMITS.CONTROL_BYTES_MAX);
  const count = 2 * (TRANSPORT_LIMITS.CONTROL_HIGH_WATER_BYTES / message.length);
  for (let i = 0; i < count; i++) a.link.send('control', message);
  expect(a.pipes.control.frames.length).toBeLessThan(count);
  a.link.close();
  settle(a, b);
  expect(b.heard.control).toHaveLength(count);
  expect(b.closes[0]?.code).toBe('closed');
});

test('[TR4] whatever bytes come in, they are heard or refused with a code', () => {
  const bytes = fc.uint8Array({ maxLength: 40 });
  const frame = fc.tuple(fc.integer({ min: 0, max: 8 }), bytes).map(([kind, rest]) => {
    return Uint8Array.of(kind, ...rest);
  });
  const run = fc.property(fc.array(fc.tuple(laneName, fc.oneof(bytes, frame))), (frames) => {
    const side = setupSide({ pieceBytes: 100 });
    for (const [lane, incoming] of frames) side.link.receive(lane, incoming);
    expect(side.closes.length).toBeLessThanOrEqual(1);
    for (const reason of side.closes) expect(reason.name).toBe('GridError');
  });
  fc.assert(run, { numRuns: 500 });
});

test('[TR4] bulk on the control pipe of a road with two is malformed', () => {
  const side = setupSide({ pieceBytes: 100 });
  side.link.receive('control', bulkStartFrame(1, Uint8Array.of(1)));
  expect(side.closes[0]?.code).toBe('frame-malformed');
});

test('[TR4] a link nobody listens to keeps a bounded number of messages', () => {
  const pipe = new HandPipe();
  const options = { road: 'memory', control: pipe, bulk: pipe, end: () => {} } as const;
  const link = new LaneLink({ peer: peerId('other'), ...options });
  const closes: GridError[] = [];
  link.onClose((reason) => closes.push(reason));
  for (let i = 0; i <= TRANSPORT_LIMITS.HELD_MESSAGES_MAX; i++) {
    expect(closes).toEqual([]);
    link.receive('control', Uint8Array.of(1, i));
  }
  expect(closes[0]?.code).toBe('frame-unexpected');
});

test('[WI20] an announced length reserves no memory before its bytes come', () => {
  const before = process.memoryUsage().arrayBuffers;
  const sides = Array.from({ length: 200 }, () => setupSide({ pieceBytes: 100 }));
  const start = bulkStartFrame(LIMITS.BULK_BYTES_MAX, Uint8Array.of(1));
  for (const side of sides) side.link.receive('bulk', start);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 300 * 1024);
  for (const side of sides) expect(side.closes).toEqual([]);
});

test('[WI20] frames have the bytes the specification shows', () => {
  const a = setupSide({ pieceBytes: 3 });
  expect(a.pipes.control.frames.shift()).toEqual(Uint8Array.of(5, 1, 0, 4, 0, 0));
  a.link.receive('control', Uint8Array.of(5, 1, 0, 4, 0, 0));
  a.link.send('control', Uint8Array.of(8, 9));
  a.link.send('bulk', Uint8Array.of(1, 2, 3, 4));
  expect(a.pipes.control.frames).toEqual([Uint8Array.of(1, 8, 9)]);
  expect(a.pipes.bulk.frames).toEqual([Uint8Array.of(2, 0, 0, 0, 4, 1, 2, 3), Uint8Array.of(3, 4)]);
  expect(bulkMoreFrame(Uint8Array.of(4))).toEqual(Uint8Array.of(3, 4));
});

test('[WI21] a bye with a code we do not know is a lost connection', () => {
  const a = setupSide({ pieceBytes: 100 });
  const text = new TextEncoder().encode('whatever');
  a.link.receive('control', Uint8Array.of(6, 8, ...text, 104, 105));
  expect(a.closes[0]).toMatchObject({ code: 'connection-lost', message: 'hi' });
});

test('[WI21] a bye carries at most so much text', () => {
  const side = setupSide({ pieceBytes: 100 });
  side.link.onClose((reason) => expect(readFrame(byeFrame(reason)).kind).toBe('bye'));
  side.link.receive('control', Uint8Array.of(6, 0, ...new Uint8Array(2000).fill(97)));
  expect(side.closes[0]?.message.length).toBe(TRANSPORT_LIMITS.BYE_TEXT_CHARS_MAX);
});
