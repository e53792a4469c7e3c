import {
  type CoordinatorMessage,
  coordinatorMessageSchema,
  decodeFrame,
  encodeFrame,
  type Link,
  type PeerId,
  type Transport,
} from '@manytabs/protocol';
import { MemoryBlobs } from '@manytabs/storage';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { InlineRuntime } from '../../test/inline-runtime.ts';
import { MemoryGrid } from '../../test/memory-grid.ts';
import { newKeyPair } from '../identity/crypto.ts';
import { memoryPins } from '../identity/grid-trust.ts';
import { identityOf } from '../identity/identity.ts';
import { TabDonation } from './donation.ts';

let world: MemoryGrid;

beforeEach(() => {
  world = new MemoryGrid();
});

afterEach(() => world.close());

type Tamper = (message: CoordinatorMessage) => CoordinatorMessage;

/** A road on which somebody changes what the grid says. */
function changed(road: Transport, tamper: Tamper): Transport {
  return {
    self: road.self,
    onLink: (listener) => road.onLink(listener),
    close: () => road.close(),
    connect: async (peer, options) => {
      const link = await road.connect(peer, options);
      const onMessage: Link['onMessage'] = (listener) =>
        link.onMessage((lane, frame) => {
          const messages = decodeFrame<CoordinatorMessage>(frame, coordinatorMessageSchema);
          listener(lane, encodeFrame(messages.map(tamper)));
        });
      return new Proxy(link, {
        get: (target, name) => {
          if (name === 'onMessage') return onMessage;
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  };
}

function donate(tamper: Tamper) {
  const identity = identityOf(newKeyPair());
  const road = changed(world.network.endpoint(identity.peer as PeerId), tamper);
  const runtime = new InlineRuntime();
  const open = vi.spyOn(runtime, 'open');
  const donation = new TabDonation({ url: 'memory:', workers: 1 }, async () => ({
    ...{ identity, runtime, transports: [road], tabs: undefined, agent: 'test' },
    blobs: new MemoryBlobs(),
    pins: memoryPins(),
  }));
  donation.start();
  return { donation, open };
}

describe('[AC19] a volunteer', () => {
  test.each<[string, Tamper, string]>([
    [
      'another module',
      (m) =>
        m.type === 'job' ? { ...m, program: { ...m.program, args: new Uint8Array([9]) } } : m,
      'manifest-refused',
    ],
    [
      'no signature',
      (m) => (m.type === 'job' ? { ...m, signature: undefined } : m),
      'manifest-refused',
    ],
    [
      'another key',
      (m) => (m.type === 'challenge' ? { ...m, key: newKeyPair().publicKey } : m),
      'grid-key-changed',
    ],
  ])('that hears of a job with %s runs nothing and says why', async (_what, tamper, code) => {
    const grid = await world.submitter();
    const { donation, open } = donate(tamper);
    const job = grid.map([1, 2], (n) => n);
    await vi.waitFor(() => expect(donation.view.state).toBe('failed'));
    expect(donation.view.problem?.code).toBe(code);
    expect(open).not.toHaveBeenCalled();
    world.donate();
    expect(await job).toEqual([1, 2]);
  });

  test('that hears what the grid says runs it', async () => {
    const grid = await world.submitter();
    const { open } = donate((message) => message);
    expect(await grid.map([1, 2], (n) => n)).toEqual([1, 2]);
    expect(open).toHaveBeenCalled();
  });

  test('to whom another module is served under the right id keeps it from running', async () => {
    const grid = await world.submitter();
    const { donation, open } = donate((m) =>
      m.type === 'shard' ? { ...m, bytes: m.bytes.map((byte) => byte ^ 1) } : m,
    );
    const job = grid.map([1, 2], (n) => n);
    await vi.waitFor(() => expect(donation.view.job ?? donation.view.state).toBeTruthy());
    world.donate();
    expect(await job).toEqual([1, 2]);
    expect(open).not.toHaveBeenCalled();
  });
});
