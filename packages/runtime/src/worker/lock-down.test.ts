import { expect, test } from 'vitest';
import { ALLOWED_GLOBALS, leftOver, lockDown } from './lock-down.ts';
import { installShims } from './shims.ts';
import { TaskTimers } from './task-timers.ts';

function setupScope() {
  class Target {
    addEventListener() {}
  }
  class Scope extends Target {
    get navigator() {
      return 'secret';
    }
  }
  const scope = Object.assign(new Scope(), {
    fetch: () => 1,
    Math,
    WebAssembly,
    [Symbol.for('x')]: 1,
  });
  Object.defineProperty(scope, 'PERSISTENT', { value: 1 });
  return scope as typeof scope & Record<string, unknown>;
}

test('[RU31] the prelude removes what nobody allowed, wherever it was inherited from', () => {
  const scope = setupScope();
  lockDown(scope);
  expect(scope.fetch).toBeUndefined();
  expect(scope.navigator).toBeUndefined();
  expect(scope.addEventListener).toBeUndefined();
  expect(Reflect.ownKeys(scope)).toEqual(['Math', 'WebAssembly', 'PERSISTENT']);
  expect(leftOver(scope)).toEqual(['PERSISTENT']);
});

test('[RU31] objects that all realms share are left alone', () => {
  lockDown(setupScope());
  expect(Object.prototype.hasOwnProperty).toBeTypeOf('function');
});

test('[RU31] no name of a network, store or device is allowed', () => {
  const forbidden = [
    'fetch',
    'XMLHttpRequest',
    'WebSocket',
    'importScripts',
    'indexedDB',
    'caches',
  ];
  forbidden.push(
    'Worker',
    'SharedWorker',
    'BroadcastChannel',
    'navigator',
    'location',
    'Blob',
    'URL',
  );
  forbidden.push('SharedArrayBuffer', 'postMessage', 'addEventListener', 'crypto', 'Intl');
  expect(forbidden.filter((name) => ALLOWED_GLOBALS.has(name))).toEqual([]);
});

test('[RU12] the console speaks for the task', () => {
  const lines: unknown[] = [];
  const scope: Record<string, unknown> = {};
  const log = (values: readonly unknown[]) => lines.push(values);
  const timers = new TaskTimers({ setTimeout, clearTimeout });
  installShims(scope, { log, signals: {}, signalMaker: {}, signalMethods: {}, timers });
  (scope.console as Console).warn('a', 1);
  expect(lines).toEqual([['a', 1]]);
  expect(scope.self).toBe(scope);
});
