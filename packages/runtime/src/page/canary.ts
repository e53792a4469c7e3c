/**
 * The module of the self-test. Each probe resolves if it reached what a task must not reach. `import()` and `eval` are
 * syntax that the prelude cannot remove: they show whether the frame's policy holds.
 */
export const CANARY = `
const probes = {
  fetch: (url) => fetch(url, { mode: 'no-cors' }),
  XMLHttpRequest: (url) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.onload = resolve;
    request.onerror = reject;
    request.open('GET', url);
    request.send();
  }),
  WebSocket: (url) => new WebSocket(url.replace(/^http/, 'ws')),
  EventSource: (url) => new EventSource(url),
  importScripts: (url) => importScripts(url),
  'import of an address': (url) => import(url),
  'import of data': () => import('data:text/javascript,export default 1'),
  eval: () => (0, eval)('1'),
  Function: () => (async () => {}).constructor('return 1'),
  indexedDB: () => indexedDB.open('canary'),
  caches: () => caches.open('canary'),
  storage: () => localStorage.length,
  Worker: () => new Worker('data:text/javascript,'),
  SharedWorker: () => new SharedWorker('data:text/javascript,'),
  BroadcastChannel: () => new BroadcastChannel('canary'),
  RTCPeerConnection: () => new RTCPeerConnection(),
  navigator: () => navigator.userAgent,
  location: () => location.href.length,
};

export async function probe(task, ctx) {
  if (task === 1) for (;;);
  const through = [];
  for (const [name, run] of Object.entries(probes)) {
    try {
      await run(ctx.args);
      through.push(name);
    } catch {}
  }
  return through;
}
`;
