import { GridError, type Lane, type Link, type PeerId, type Transport } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { ReconnectingLink } from './reconnecting-link.ts';

/** A link whose other side spoke before anybody listened. */
function eagerLink(frame: Uint8Array) {
  const closers: ((reason: GridError) => void)[] = [];
  const link: Link = {
    peer: 'coordinator' as PeerId,
    road: 'memory',
    address: undefined,
    origin: undefined,
    binding: undefined,
    send: () => {},
    queuedBytes: () => 0,
    ready: () => Promise.resolve(),
    onMessage: (listener) => listener('control', frame),
    onClose: (listener) => void closers.push(listener),
    close: (reason = new GridError('closed', 'closed')) => {
      for (const closer of closers.splice(0)) closer(reason);
    },
  };
  return link;
}

function transportOf(connect: () => Promise<Link>): Transport {
  return { self: 'self' as PeerId, connect, onLink: () => {}, close: () => Promise.resolve() };
}

test('[TR50] the user knows the link before it hears what arrived early', async () => {
  const heard: string[] = [];
  const link = eagerLink(new Uint8Array([7]));
  const fatal = new Promise<GridError>((resolve) => {
    const reconnecting = new ReconnectingLink([transportOf(() => Promise.resolve(link))], {
      onLink: () => void heard.push('link'),
      onFrame: (lane: Lane, frame) => {
        heard.push(`${lane} ${frame[0]}`);
        setImmediate(() => reconnecting.fail(new GridError('token-refused', 'no')));
      },
      onDown: () => {},
      onFatal: resolve,
    });
    reconnecting.start();
  });
  expect((await fatal).code).toBe('token-refused');
  expect(heard).toEqual(['link', 'control 7']);
});

test('[TR51] when a road fails the next one is tried at once', async () => {
  const tried: string[] = [];
  const broken = (name: string) =>
    transportOf(() => {
      tried.push(name);
      return Promise.reject(new GridError('unreachable', name));
    });
  const link = eagerLink(new Uint8Array());
  const roads = [broken('webrtc'), transportOf(() => Promise.resolve(link))];
  await new Promise<void>((resolve) => {
    const reconnecting = new ReconnectingLink(roads, {
      onLink: () => {
        reconnecting.close();
        resolve();
      },
      onFrame: () => {},
      onDown: () => {},
      onFatal: () => {},
    });
    reconnecting.start();
  });
  expect(tried).toEqual(['webrtc']);
});
