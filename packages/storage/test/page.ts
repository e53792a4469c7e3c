import { type Blobs, type GridError, isErrorCode, type ShardId } from '@manytabs/protocol';
import { IdbBlobs, openBrowserBlobs } from '../src/browser.ts';
import type { Answer, PageCommand } from './remote-blobs.ts';
import { obeyStore } from './store-page.ts';

// Runs in the browser: a storage that the test in Node steers.

let blobs: Blobs | undefined;
let database = '';

declare global {
  interface Window {
    command(command: PageCommand): Promise<Answer>;
  }
}

async function obey(command: PageCommand): Promise<unknown> {
  switch (command.do) {
    case 'open':
      database = command.name;
      blobs = await IdbBlobs.open(database);
      return undefined;
    case 'open-best': {
      const best = await openBrowserBlobs(command.name);
      blobs = best.blobs;
      return { kept: best.kept, code: best.reason?.code };
    }
    case 'rot':
      return rot(command.shard);
    case 'put':
      return blobs?.put(command.shard, command.bytes);
    case 'get':
      return blobs?.get(command.shard);
    case 'has':
      return blobs?.has(command.shard);
    case 'delete':
      return blobs?.delete(command.shard);
    case 'store':
      return obeyStore(command);
    default:
      return blobs?.[command.do]();
  }
}

function rot(shard: ShardId): Promise<void> {
  return new Promise((resolve) => {
    const opening = indexedDB.open(database);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('shards', 'readwrite');
      transaction.objectStore('shards').put(new Uint8Array(1000), shard);
      transaction.oncomplete = () => {
        opening.result.close();
        resolve();
      };
    };
  });
}

window.command = async (command) => {
  try {
    return { value: await obey(command) };
  } catch (thrown) {
    const { code, message } = thrown as GridError;
    return { code: isErrorCode(code) ? code : 'frame-malformed', message };
  }
};
