/**
 * Runs as a task: every name that task code can reach, one line an object, `Array: from isArray …`. It calls nothing of
 * what it finds, so what only a call gives is seen where a root below is made of it.
 */
export const REACHABLE = `export const run = (n, ctx) => {
  const lines = new Map();
  const seen = new Set();
  const roots = [
    ['', globalThis],
    ['object', {}],
    ['async function', async () => {}],
    ['generator', (function* () {})()],
    ['async generator', (async function* () {})()],
    ['array iterator', [][Symbol.iterator]()],
    ['string iterator', ''[Symbol.iterator]()],
    ['map iterator', new Map()[Symbol.iterator]()],
    ['set iterator', new Set()[Symbol.iterator]()],
    ['match iterator', ''.matchAll(/x/g)],
    ['iterator helper', [].values().map((x) => x)],
    ['wasm instance', new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)))],
    ['arguments', (function () { return arguments; })()],
    ['template', ((text) => text)\`x\`],
    ['error', new Error('x')],
    ['timer', setTimeout(() => {})],
    ['ctx', ctx],
  ];
  const nameOf = (key) => (typeof key === 'symbol' ? '@' + (key.description ?? '').replace('Symbol.', '') : key);
  const isThing = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
  const queue = [...roots];
  for (const [path, thing] of queue) {
    if (!isThing(thing) || seen.has(thing)) continue;
    seen.add(thing);
    const names = [];
    for (const key of Reflect.ownKeys(thing)) {
      const { value, get, set } = Reflect.getOwnPropertyDescriptor(thing, key);
      if (value === undefined && !get && !set) continue;
      names.push(nameOf(key));
      const at = path === '' ? nameOf(key) : path + '.' + nameOf(key);
      for (const next of [value, get, set]) queue.push([at, next]);
    }
    const proto = Reflect.getPrototypeOf(thing);
    if (proto) queue.push([path + '.__proto__', proto]);
    const own = names.filter((name) => !(typeof thing === 'function' && /^(length|name)$/.test(name)));
    if (own.length > 0) lines.set(path, own.sort().join(' '));
  }
  return [...lines].map(([path, names]) => path + ': ' + names).sort();
};`;
