import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const FOLDER = fileURLToPath(new URL('../', import.meta.url));

let compiled: Promise<Uint8Array> | undefined;

/** The WASM module of assembly/libm.ts; the same source gives the same bytes. */
export function buildLibm(folder = FOLDER): Promise<Uint8Array> {
  compiled ??= compile(join(folder, 'assembly', 'libm.ts'));
  return compiled;
}

async function compile(path: string): Promise<Uint8Array> {
  const source = await readFile(path, 'utf8');
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
