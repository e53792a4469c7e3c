import { joinBytes } from '@manytabs/protocol';
import { Reader } from './reader.ts';

const PREAMBLE_BYTES = 8;
const CUSTOM = 0;

/** What a compiler writes for a debugger alone; `name` stays, which says where a program trapped. */
function isForDebuggers(name: string): boolean {
  return name.startsWith('.debug_') || name.startsWith('reloc.') || name === 'sourceMappingURL';
}

/**
 * The module without what is for debuggers, which may be forty times the rest of it. It computes the same.
 * @throws {GridError} `wasm-invalid`
 */
export function withoutDebug(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [bytes.subarray(0, PREAMBLE_BYTES)];
  const reader = new Reader(bytes, Math.min(PREAMBLE_BYTES, bytes.length));
  while (!reader.done) {
    const start = reader.at;
    const id = reader.byte();
    const section = reader.sub(reader.u32());
    const isKept = id !== CUSTOM || !isForDebuggers(section.name());
    if (isKept) kept.push(bytes.subarray(start, reader.at));
  }
  const length = kept.reduce((sum, part) => sum + part.length, 0);
  return length === bytes.length ? bytes : joinBytes(kept);
}
