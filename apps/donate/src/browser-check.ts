/** What a browser must have to donate, and what the page says where it lacks it. */
const NEEDS: readonly (readonly [name: string, has: (scope: typeof globalThis) => boolean])[] = [
  ['Web Workers', (scope) => typeof scope.Worker === 'function'],
  ['WebAssembly', (scope) => typeof scope.WebAssembly === 'object'],
  [
    'sandboxed frames',
    (scope) =>
      typeof scope.HTMLIFrameElement === 'function' &&
      'sandbox' in scope.HTMLIFrameElement.prototype,
  ],
  ['WebSocket', (scope) => typeof scope.WebSocket === 'function'],
];

/** The names of what is missing; empty where the browser will do. */
export function missingParts(scope: typeof globalThis): readonly string[] {
  return NEEDS.filter(([, has]) => !has(scope)).map(([name]) => name);
}
