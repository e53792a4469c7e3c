import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFrame } from '@manytabs/protocol';
import { Grid } from 'manytabs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, joinOf, newVolunteer, ROADS, roadTo } from '../test/caller.ts';
import { type RunningCoordinator, startCoordinator } from './start-coordinator.ts';

let folder: string;
let running: RunningCoordinator;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'manytabs-flood-'));
  running = await startCoordinator({ port: 0, dataDir: folder });
});

afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

const BEAT = encodeFrame([{ type: 'heartbeat', workers: 1, accepting: true, running: 0 } as never]);
const PER_MS = 10;

/** 10,000 frames a second until the link closes; how many left. */
async function flood(link: Awaited<ReturnType<typeof call>>['link']): Promise<number> {
  let isClosed = false;
  link.onClose(() => {
    isClosed = true;
  });
  const began = performance.now();
  let sent = 0;
  while (!isClosed && performance.now() - began < 15_000) {
    for (const due = (performance.now() - began) * PER_MS; sent < due && !isClosed; sent++) {
      link.send('control', BEAT);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(isClosed).toBe(true);
  return sent;
}

test.each(ROADS)(
  '[AC13] 10,000 messages a second over %s are refused, and nobody else waits',
  async (road) => {
    const owner = await Grid.connect(running.url, { token: running.token });
    const me = newVolunteer();
    const bad = await call(await roadTo(running.url, road, me.peer));
    bad.say(joinOf(me, bad.link, bad.nonce));
    await bad.next(({ type }) => type === 'welcome');
    let answers = 0;
    let isOver = false;
    const asking = (async () => {
      while (!isOver) {
        await owner.status();
        answers += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const sent = await flood(bad.link);
    isOver = true;
    await asking;
    const { code } = await bad
      .next(({ type }) => type === 'reject')
      .catch(() => ({ code: 'closed' }));
    // Over WebRTC the last word may be lost with the connection.
    expect(['rate-limited', 'closed']).toContain(code);
    expect(sent).toBeLessThan(100_000);
    // Others are answered meanwhile, however busy the machine is.
    expect(answers).toBeGreaterThan(3);
    await owner.close();
  },
);
