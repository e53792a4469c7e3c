import { hex } from '@manytabs/protocol';
import { memoryPins, type Pins } from './grid-trust.ts';
import { parseHex } from './hex.ts';

const pages = new Map<string, Pins>();

/**
 * The key of the grid at an address, kept with this browser's data of our page. On loopback nobody is in between, and
 * grids come and go at one address, so that there a key lasts for one page.
 */
export function browserPins(url: string): Pins {
  const { origin, hostname } = new URL(url);
  const known = pages.get(origin) ?? (isLoopback(hostname) ? memoryPins() : storedPins(origin));
  pages.set(origin, known);
  return known;
}

function storedPins(origin: string): Pins {
  const memory = memoryPins();
  const name = `manytabs-grid-key ${origin}`;
  return {
    refused: undefined,
    read: () => memory.read() ?? readKey(name),
    write(key) {
      memory.write(key);
      try {
        localStorage.setItem(name, hex(key));
      } catch {
        // Storage is refused here: it is remembered as long as the page lives.
      }
    },
  };
}

function readKey(name: string): Uint8Array | undefined {
  try {
    const key = parseHex(localStorage.getItem(name) ?? '');
    return key?.length === 32 ? key : undefined;
  } catch {
    return undefined;
  }
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
