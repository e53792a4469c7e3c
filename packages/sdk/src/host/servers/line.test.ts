import { encodeFrame, type Lane, type PeerId } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { wirePair } from '../../../test/wire-pair.ts';
import type { Channel } from './channel.ts';
import { Line } from './line.ts';
import type { Load, Opening } from './opening.ts';

const SUBMITTER: Opening = { role: 'submitter', grant: { scope: 'admin', owner: 'ann' } };
const LOAD: Load = {
  ...{ volunteers: 1, workers: 2, jobs: 3, running: 4, final: 5 },
  ...{ needed: 2, isOpen: true },
};

function setup() {
  const [here, there] = wirePair();
  const opened: { opening: Opening; channel: Channel }[] = [];
  const loads: Load[] = [];
  const ended: string[] = [];
  const user = (name: string) => ({
    onOpen: (opening: Opening, channel: Channel) => void opened.push({ opening, channel }),
    onLoad: (load: Load) => void loads.push(load),
    onPeers: () => {},
    onSignal: () => {},
    onClose: () => void ended.push(name),
  });
  const line = new Line(here, user('here'));
  return { line, far: new Line(there, user('there')), here, there, opened, loads, ended };
}

test('[SV40] many links share one wire, each with its two lanes in order', async () => {
  const { line, opened } = setup();
  const channels = [line.open(SUBMITTER), line.open(SUBMITTER)];
  const frame = (n: number) => encodeFrame([{ type: `${n}` }]);
  channels[0]?.send('control', frame(1));
  channels[1]?.send('bulk', frame(2));
  channels[0]?.send('control', frame(3));
  await expect.poll(() => opened.length).toBe(2);
  const heard: [number, Lane, Uint8Array][] = [];
  opened.forEach(({ channel }, i) => {
    channel.onMessage((lane, message) => void heard.push([i, lane, message]));
  });
  await expect.poll(() => heard.length).toBe(3);
  expect(heard.filter(([i]) => i === 0)).toEqual([
    [0, 'control', frame(1)],
    [0, 'control', frame(3)],
  ]);
  expect(heard.filter(([i]) => i === 1)).toEqual([[1, 'bulk', frame(2)]]);
});

test('[SV40] a link that one side closes is closed on the other, with the reason', async () => {
  const { line, opened } = setup();
  const channel = line.open({
    ...{ role: 'volunteer', volunteer: 'vaaaaaaaaaaaaaaaaaaaaaaaaaa' as never },
    ...{ peer: 'tab' as PeerId, workers: 0, agent: 'a', road: 'webrtc', trusted: false },
  });
  await expect.poll(() => opened.length).toBe(1);
  const reasons: string[] = [];
  opened[0]?.channel.onClose(({ code }) => void reasons.push(code));
  channel.close();
  await expect.poll(() => reasons).toEqual(['closed']);
});

test('[SV40] when the wire breaks, so do all links on it', async () => {
  const { line, far, here, ended } = setup();
  const codes: string[] = [];
  for (let i = 0; i < 3; i++) line.open(SUBMITTER).onClose(({ code }) => void codes.push(code));
  far.close();
  await expect.poll(() => ended.sort()).toEqual(['here', 'there']);
  expect(codes).toEqual(['connection-lost', 'connection-lost', 'connection-lost']);
  here.close();
});

test('[SV41] servers tell each other how they are doing', async () => {
  const { far, loads } = setup();
  far.tell(LOAD);
  await expect.poll(() => loads).toEqual([LOAD]);
});

test.each([
  ['nothing', []],
  ['half a head', [1, 0]],
  ['an unknown kind', [9, 0, 0, 0, 1]],
  ['an opening that is none', [1, 0, 0, 0, 1, 0xc0]],
  ['a peer of no such id', [7, 0, 0, 0, 0, 0x82, 0xa4, 0x63, 0x61, 0x6d, 0x65, 0x91, 0xa1, 0x5f]],
  ['a signal that is none', [8, 0, 0, 0, 0, 0x80]],
  ['an opening cut short', [1, 0, 0, 0, 1, 0x82]],
])('[SV42] %s on a wire between servers ends it, and nothing else', async (_name, bytes) => {
  const { there, ended } = setup();
  there.send(Uint8Array.from(bytes));
  await expect.poll(() => ended.length).toBe(2);
});
