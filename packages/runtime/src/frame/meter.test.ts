import { expect, test } from 'vitest';
import { Meter } from './meter.ts';
import { TalkFilter } from './talk-filter.ts';

test('[RU10] two hundred words a second are talk, one more is a flood', () => {
  const meter = new Meter(200, 0);
  const words = Array.from({ length: 201 }, () => meter.take(0));
  expect(words.filter((taken) => taken).length).toBe(200);
  expect(meter.take(4)).toBe(false);
  expect(meter.take(10)).toBe(true);
  expect(Array.from({ length: 1000 }, (_, i) => meter.take(1000 + i * 5)).every(Boolean)).toBe(
    true,
  );
});

test('[RU12] the frame lets through no more talk than its page can show', () => {
  const filter = new TalkFilter(0);
  const progress = { index: 1, fraction: 0.5, note: '' };
  const preview = { index: 1, width: 1, height: 1, rgba: new Uint8Array(4) };
  const logs = Array.from({ length: 30 }, () => ({ index: 1, text: 'x' }));
  const passed = Array.from({ length: 100 }, () => filter.pass({ progress, preview, logs }, 0));
  expect(passed.filter((talk) => talk?.progress).length).toBe(4);
  expect(passed.filter((talk) => talk?.preview).length).toBe(2);
  expect(passed.flatMap((talk) => talk?.logs ?? []).length).toBe(1000);
  expect(passed.at(-1)).toBeUndefined();
});
