/**
 * Every global name that task code may see: the language, and a few pure parts of the platform. What is not here is
 * removed, so a new browser API is closed until somebody thought about it. Intl (the volunteer's locale and time
 * zone), WeakRef and FinalizationRegistry (the collector's timing) are left out on purpose; timers come back as those of
 * a task. test/globals.txt tells all that is reachable from here.
 */
export const ALLOWED_GLOBALS: ReadonlySet<string> = new Set([
  ...['globalThis', 'Infinity', 'NaN', 'undefined', 'Object', 'Function', 'Array', 'Number'],
  ...['Boolean', 'String', 'Symbol', 'BigInt', 'Math', 'JSON', 'Reflect', 'Proxy', 'Promise'],
  ...['Date', 'RegExp', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Iterator', 'Atomics', 'DataView'],
  ...['ArrayBuffer', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array'],
  ...['Int32Array', 'Uint32Array', 'Float16Array', 'Float32Array', 'Float64Array'],
  ...['BigInt64Array', 'BigUint64Array', 'Error', 'AggregateError', 'EvalError', 'RangeError'],
  ...['ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'SuppressedError'],
  ...['DisposableStack', 'AsyncDisposableStack', 'eval', 'isFinite', 'isNaN', 'parseFloat'],
  ...['parseInt', 'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape'],
  ...['unescape', 'WebAssembly', 'TextEncoder', 'TextDecoder', 'structuredClone', 'atob', 'btoa'],
  ...['queueMicrotask', 'AbortController', 'AbortSignal'],
]);

/** Removes every property that is not allowed from an object and all it inherits from, up to Object.prototype. */
export function lockDown(scope: object): void {
  for (const holder of chainOf(scope)) {
    for (const key of Reflect.ownKeys(holder)) {
      if (typeof key === 'symbol' || !ALLOWED_GLOBALS.has(key)) remove(holder, key);
    }
  }
}

/** Names left on the chain that are not allowed: constants the browser does not let go of. */
export function leftOver(scope: object): string[] {
  return chainOf(scope)
    .flatMap((holder) => Object.getOwnPropertyNames(holder))
    .filter((name) => !ALLOWED_GLOBALS.has(name));
}

function chainOf(scope: object): object[] {
  const chain: object[] = [];
  let holder: object | null = scope;
  while (holder && holder !== Object.prototype) {
    chain.push(holder);
    holder = Object.getPrototypeOf(holder);
  }
  return chain;
}

function remove(holder: object, key: string | symbol): void {
  if (Reflect.deleteProperty(holder, key)) return;
  Reflect.defineProperty(holder, key, { value: undefined });
}
