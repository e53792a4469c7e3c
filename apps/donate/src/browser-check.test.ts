import { expect, test } from 'vitest';
import { missingParts } from './browser-check.ts';

class Frame {
  sandbox = '';
}
Object.assign(Frame.prototype, { sandbox: '' });

const COMPLETE = {
  Worker: class {},
  WebAssembly: {},
  HTMLIFrameElement: Frame,
  indexedDB: {},
  WebSocket: class {},
};

const scopeOf = (parts: object) => parts as unknown as typeof globalThis;

test('[UI49] a browser that has everything lacks nothing', () => {
  expect(missingParts(scopeOf(COMPLETE))).toEqual([]);
});

test.each([
  ['Worker', 'Web Workers'],
  ['WebAssembly', 'WebAssembly'],
  ['HTMLIFrameElement', 'sandboxed frames'],
  ['WebSocket', 'WebSocket'],
])('[UI49] without %s the page names %s', (key, name) => {
  expect(missingParts(scopeOf({ ...COMPLETE, [key]: undefined }))).toEqual([name]);
});

test('[UI254] a browser that lets the page store nothing will do', () => {
  const denied = Object.defineProperty({ ...COMPLETE }, 'indexedDB', {
    get: () => {
      throw new DOMException('refused', 'SecurityError');
    },
  });
  expect(missingParts(scopeOf(denied))).toEqual([]);
});
