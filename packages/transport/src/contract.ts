import {
  type ErrorCode,
  GridError,
  type Lane,
  LIMITS,
  type Link,
  type PeerId,
  Prng,
  peerId,
  type Transport,
} from '@manytabs/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bulkMoreFrame, bulkStartFrame, FRAME, readyFrame } from './frames.ts';
import { TRANSPORT_LIMITS } from './limits.ts';

/** One endpoint that is called, and as many as wanted that call it. */
export interface TransportWorld {
  readonly hub: Pick<Transport, 'self' | 'onLink' | 'close'>;
  spoke(self: PeerId): Promise<Transport>;
  /** Writes a raw frame past the link's checks, as a hostile peer does. */
  writeFrame(link: Link, lane: Lane, frame: Uint8Array): void;
  /** Sends each control message back at once, and one byte 255 for each bulk message. By default it is done here. */
  answerPings?: ((link: Link) => Promise<void>) | undefined;
  close(): Promise<void>;
}

export interface DescribeTransportOptions {
  /** For one test. */
  readonly timeoutMs?: number | undefined;
  readonly manyLinks?: number | undefined;
}

/** The rules every adapter keeps. Nothing here waits for a clock; a test that hangs has failed. */
export function describeTransport(
  name: string,
  setup: () => Promise<TransportWorld>,
  { timeoutMs = 20_000, manyLinks = 32 }: DescribeTransportOptions = {},
): void {
  describe(`${name} transport`, { timeout: timeoutMs }, () => {
    let world: TransportWorld;
    let meeting: Meeting;
    let count = 0;

    beforeAll(async () => {
      world = await setup();
      meeting = new Meeting(world);
    }, 60_000);
    afterAll(async () => {
      await world.close();
    }, 60_000);

    const newId = () => peerId(`spoke-${++count}`);
    const pair = async () => meeting.pair(await world.spoke(newId()));

    test('[TR1] messages of a lane arrive whole, once and in order', async () => {
      const { near, far } = await pair();
      const random = new Prng(1);
      const sent = { control: [] as Uint8Array[], bulk: [] as Uint8Array[] };
      for (const bytes of [0, 1, 1000, LIMITS.CONTROL_BYTES_MAX]) {
        sent.control.push(randomBytes(random, bytes));
        for (const extra of [0, 1, 200_000]) sent.bulk.push(randomBytes(random, bytes + extra));
      }
      for (const lane of ['bulk', 'control'] as const) {
        for (const message of sent[lane]) near.link.send(lane, message);
      }
      await far.heard('control', sent.control.length);
      await far.heard('bulk', sent.bulk.length);
      expectSame(far.messages.control, sent.control);
      expectSame(far.messages.bulk, sent.bulk);
    });

    test('[TR1] both ends may send at once', async () => {
      const { near, far } = await pair();
      const messages = Array.from({ length: 200 }, (_, i) => Uint8Array.of(i, 7));
      const big = randomBytes(new Prng(2), 3_000_000);
      near.link.send('bulk', big);
      far.link.send('bulk', big);
      for (const message of messages) {
        near.link.send('control', message);
        far.link.send('control', message);
      }
      for (const end of [near, far]) {
        await end.heard('control', messages.length);
        await end.heard('bulk', 1);
        expectSame(end.messages.control, messages);
        expectSame(end.messages.bulk, [big]);
      }
    });

    test('[TR2] control round trips go on while 16 MB of bulk are under way', async () => {
      const { near, far } = await pair();
      await (world.answerPings ?? answerPings)(far.link);
      const bulk = randomBytes(new Prng(3), LIMITS.BULK_BYTES_MAX);
      near.link.send('bulk', bulk);
      let trips = 0;
      while (far.messages.bulk.length === 0) {
        near.link.send('control', Uint8Array.of(1));
        await near.heard('control', trips + 1);
        if (near.messages.control[trips]?.[0] === 255) break;
        trips++;
      }
      await far.heard('bulk', 1);
      expect(trips).toBeGreaterThanOrEqual(3);
      expectSame(far.messages.bulk, [bulk]);
    });

    test('[TR3] a message over its limit is refused at send, and the link goes on', async () => {
      const { near, far } = await pair();
      for (const [lane, bytesMax] of BYTES_MAX) {
        const send = () => near.link.send(lane, new Uint8Array(bytesMax + 1));
        expect(send).toThrow(expect.objectContaining({ code: 'frame-too-large' }));
      }
      near.link.send('control', Uint8Array.of(1));
      await far.heard('control', 1);
      expect(far.closes).toEqual([]);
    });

    test.each(HOSTILE_FRAMES)('[TR4] %s closes that link only', async (_, hostile) => {
      const attacker = await pair();
      const bystander = await pair();
      for (const { lane, frame } of hostile.frames) {
        world.writeFrame(attacker.near.link, lane, frame);
      }
      expect((await attacker.far.closed()).code).toBe(hostile.code);
      expect((await attacker.near.closed()).code).toBe(hostile.code);
      bystander.near.link.send('control', Uint8Array.of(1));
      await bystander.far.heard('control', 1);
      expect(attacker.far.messages).toEqual({ control: [], bulk: [] });
    });

    test('[TR5] a close is told once at each end, and twice does no harm', async () => {
      const { near, far } = await pair();
      near.link.close(new GridError('identity-refused', 'Not you.'));
      near.link.close();
      expect(near.closes).toHaveLength(1);
      const reason = await far.closed();
      expect(reason).toMatchObject({ code: 'identity-refused', message: 'Not you.' });
      far.link.close();
      const late: GridError[] = [];
      far.link.onClose((told) => late.push(told));
      expect(late).toEqual([reason]);
      expect([near.closes.length, far.closes.length]).toEqual([1, 1]);
    });

    test('[TR5] the called end may close as well', async () => {
      const { near, far } = await pair();
      far.link.close();
      expect((await near.closed()).code).toBe('closed');
      expect(far.closes).toHaveLength(1);
    });

    test('[TR6] a closed link takes no message and keeps nobody waiting', async () => {
      const { near, far } = await pair();
      near.link.close();
      near.link.send('control', Uint8Array.of(1));
      near.link.send('bulk', Uint8Array.of(1));
      await near.link.ready('bulk');
      expect(near.link.queuedBytes('bulk')).toBe(0);
      await far.closed();
      expect(far.messages).toEqual({ control: [], bulk: [] });
    });

    test('[TR6] control messages sent just before a close arrive', async () => {
      const { near, far } = await pair();
      for (let i = 0; i < 50; i++) near.link.send('control', Uint8Array.of(i));
      near.link.close();
      await far.closed();
      expect(far.messages.control.map((message) => message[0])).toEqual(
        Array.from({ length: 50 }, (_, i) => i),
      );
    });

    test('[TR7] who waits for ready keeps the queue bounded', async () => {
      const { near, far } = await pair();
      const message = randomBytes(new Prng(4), 700_000);
      for (let i = 0; i < 20; i++) {
        await near.link.ready('bulk');
        near.link.send('bulk', message);
        expect(near.link.queuedBytes('bulk')).toBeLessThanOrEqual(
          TRANSPORT_LIMITS.BULK_READY_BYTES + message.length + 4096,
        );
      }
      await far.heard('bulk', 20);
      await near.link.ready('bulk');
      expect(near.link.queuedBytes('bulk')).toBeLessThan(TRANSPORT_LIMITS.BULK_READY_BYTES);
    });

    test('[TR8] a peer that is not there is unreachable', async () => {
      const spoke = await world.spoke(newId());
      await expect(spoke.connect(peerId('nobody'))).rejects.toMatchObject({ code: 'unreachable' });
      await spoke.close();
    });

    test('[TR9] connecting can be given up', async () => {
      const spoke = await world.spoke(newId());
      const before = AbortSignal.abort();
      await expect(spoke.connect(world.hub.self, { signal: before })).rejects.toMatchObject({
        code: 'aborted',
      });
      const controller = new AbortController();
      const attempt = spoke.connect(world.hub.self, { signal: controller.signal });
      controller.abort();
      await expect(attempt).rejects.toMatchObject({ code: 'aborted' });
      await spoke.close();
    });

    test('[TR10] the same id connects again after a close', async () => {
      const id = newId();
      for (let i = 0; i < 3; i++) {
        const spoke = await world.spoke(id);
        const { near, far } = await meeting.pair(spoke);
        near.link.send('control', Uint8Array.of(i));
        await far.heard('control', 1);
        expect(far.link.peer).toBe(id);
        await spoke.close();
        await far.closed();
      }
    });

    test('[TR11] many links at once each hear their own', async () => {
      const ends = await Promise.all(Array.from({ length: manyLinks }, pair));
      for (const [i, { near, far }] of ends.entries()) {
        near.link.send('control', Uint8Array.of(i));
        far.link.send('bulk', Uint8Array.of(i, i));
      }
      for (const [i, { near, far }] of ends.entries()) {
        await far.heard('control', 1);
        await near.heard('bulk', 1);
        expectSame(far.messages.control, [Uint8Array.of(i)]);
        expectSame(near.messages.bulk, [Uint8Array.of(i, i)]);
      }
    });

    test('[TR11] two endpoints may have several links between them', async () => {
      const { spoke, ...first } = await pair();
      const ends = [first, await meeting.pair(spoke), await meeting.pair(spoke)];
      for (const [i, { near, far }] of ends.entries()) {
        near.link.send('control', Uint8Array.of(i));
        await far.heard('control', 1);
        expectSame(far.messages.control, [Uint8Array.of(i)]);
      }
      first.near.link.close();
      await first.far.closed();
      expect(ends.map(({ far }) => far.closes.length)).toEqual([1, 0, 0]);
      await spoke.close();
    });

    test('[TR12] closing an endpoint closes its links', async () => {
      const { near, far, spoke } = await pair();
      await spoke.close();
      await spoke.close();
      expect((await near.closed()).code).toBe('closed');
      await far.closed();
    });
  });
}

function answerPings(link: Link): Promise<void> {
  link.onMessage((lane, message) => {
    link.send('control', lane === 'bulk' ? Uint8Array.of(255) : message);
  });
  return Promise.resolve();
}

const BYTES_MAX: readonly [Lane, number][] = [
  ['control', LIMITS.CONTROL_BYTES_MAX],
  ['bulk', LIMITS.BULK_BYTES_MAX],
];

interface Hostile {
  readonly code: ErrorCode;
  readonly frames: readonly { readonly lane: Lane; readonly frame: Uint8Array }[];
}

function hostile(code: ErrorCode, lane: Lane, ...frames: Uint8Array[]): Hostile {
  return { code, frames: frames.map((frame) => ({ lane, frame })) };
}

const OVERSIZE = new Uint8Array(TRANSPORT_LIMITS.FRAME_BYTES_MAX + 1).fill(FRAME.control, 0, 1);
const PIECE = new Uint8Array(TRANSPORT_LIMITS.WEBRTC_PIECE_BYTES);

const HOSTILE_FRAMES: [string, Hostile][] = [
  ['an empty frame', hostile('frame-malformed', 'control', new Uint8Array(0))],
  ['an unknown kind', hostile('frame-malformed', 'control', Uint8Array.of(99, 1, 2))],
  ['an oversize frame', hostile('frame-too-large', 'control', OVERSIZE)],
  [
    'a bulk length over the limit',
    hostile('frame-too-large', 'bulk', bulkStartFrame(LIMITS.BULK_BYTES_MAX + 1, PIECE)),
  ],
  ['a piece of no message', hostile('frame-malformed', 'bulk', bulkMoreFrame(PIECE))],
  [
    'a piece beyond its message',
    hostile(
      'frame-malformed',
      'bulk',
      bulkStartFrame(PIECE.length + 1, PIECE),
      bulkMoreFrame(PIECE),
    ),
  ],
  ['a second ready', hostile('frame-malformed', 'control', readyFrame(1))],
  [
    'another frame version',
    hostile('version-mismatch', 'control', Uint8Array.of(FRAME.ready, 9, 0, 0, 0, 0)),
  ],
  [
    'endless credit',
    hostile('frame-malformed', 'control', Uint8Array.of(FRAME.credit, 255, 255, 255, 255)),
  ],
];

/** Matches each link that comes in to the endpoint that made it. */
class Meeting {
  readonly #world: TransportWorld;
  readonly #arrivals = new Map<PeerId, (link: Link) => void>();

  constructor(world: TransportWorld) {
    this.#world = world;
    world.hub.onLink((link) => this.#arrivals.get(link.peer)?.(link));
  }

  async pair(spoke: Transport): Promise<{ near: End; far: End; spoke: Transport }> {
    const arrival = new Promise<End>((resolve) => {
      this.#arrivals.set(spoke.self, (link) => resolve(new End(link)));
    });
    const near = new End(await spoke.connect(this.#world.hub.self));
    return { near, far: await arrival, spoke };
  }
}

/** One end of a link and all it heard. */
class End {
  readonly link: Link;
  readonly messages: { [lane in Lane]: Uint8Array[] } = { control: [], bulk: [] };
  readonly closes: GridError[] = [];
  #changed = () => {};

  constructor(link: Link) {
    this.link = link;
    link.onMessage((lane, message) => {
      this.messages[lane].push(message);
      this.#changed();
    });
    link.onClose((reason) => {
      this.closes.push(reason);
      this.#changed();
    });
  }

  async heard(lane: Lane, count: number): Promise<void> {
    await this.#until(() => this.messages[lane].length >= count || this.closes.length > 0);
    expect(this.messages[lane].length, this.closes[0]?.message).toBeGreaterThanOrEqual(count);
  }

  async closed(): Promise<GridError> {
    await this.#until(() => this.closes.length > 0);
    const [reason] = this.closes;
    if (!reason) throw new GridError('closed', 'unreachable');
    return reason;
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}

function expectSame(actual: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  expect(actual.map((message) => message.length)).toEqual(expected.map(({ length }) => length));
  for (const [i, message] of actual.entries()) {
    expect(Buffer.compare(message, expected[i] ?? new Uint8Array(0)), `message ${i}`).toBe(0);
  }
}

function randomBytes(random: Prng, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = random.uint32();
  return bytes;
}
