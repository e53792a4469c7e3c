import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const SOURCE = fileURLToPath(new URL('../assembly/libm.ts', import.meta.url));

let compiled: Promise<Uint8Array> | undefined;

/** The WASM module of assembly/libm.ts; the same source gives the same bytes. */
export function buildLibm(): Promise<Uint8Array> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<Uint8Array> {
  const source = await readFile(SOURCE, 'utf8');
  const out: { bytes?: Uint8Array } = {};
  const { error, stderr } = await asc.main(
    [
      ...['index.ts', '--outFile', 'libm.wasm', '--runtime', 'stub', '--use', 'abort='],
      ...['--optimizeLevel', '3', '--noExportMemory'],
    ],
    {
      readFile: (name) => (name === 'index.ts' ? source : null),
      writeFile: (_name, contents) => {
        out.bytes = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !out.bytes) throw new Error(`libm does not compile: ${stderr.toString()}`);
  return out.bytes;
}
