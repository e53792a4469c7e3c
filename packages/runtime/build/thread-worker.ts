import { buildWorker } from './sandbox-html.ts';

/**
 * What a thread of Node lacks of what a browser's worker has: the messages of its port, and a way to load a module from
 * its source. The module comes as a script that fills the exports it is given (docs/spec/runtime.md); a script of `vm`
 * cannot import anything.
 */
const NODE_PRELUDE = `(() => {
  const { parentPort } = require('node:worker_threads');
  const { Script } = require('node:vm');
  const decoder = new TextDecoder();
  globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
  globalThis.addEventListener = (type, listener) =>
    parentPort.on('message', (data) => listener({ data }));
  globalThis.importSource = async (source) => {
    const exports = Object.create(null);
    const script = new Script(decoder.decode(source), { filename: 'task.mjs' });
    await script.runInThisContext()(exports);
    return exports;
  };
})();
`;

/** The script of a thread of Node: the same worker, behind the prelude. */
export async function buildThreadWorker(folder?: string): Promise<string> {
  return NODE_PRELUDE + (await buildWorker(folder));
}
