import { Grid } from 'manytabs';
import type { FetchAsset, MapSample, Sample, SampleRow, StartOptions } from './sample.ts';

/** What a sample's JavaScript task is given here. */
interface LocalContext {
  readonly index: number;
  readonly args: unknown;
  readonly files: { read(path: string): Promise<Uint8Array> };
}

/** The rows of a sample's last job, on a grid of this process: for samples of several jobs. */
export async function runOnLocalGrid(
  sample: Sample,
  fetchAsset: FetchAsset,
  options: StartOptions = {},
): Promise<SampleRow[]> {
  const grid = await Grid.local();
  try {
    const { job } = await sample.start(grid, fetchAsset, options);
    const rows: SampleRow[] = [];
    for await (const row of grid.job(job.id).results()) {
      if (row.status === 'rejected') throw row.error;
      rows.push(row);
    }
    return rows;
  } finally {
    await grid.close();
  }
}

type LocalTask = (input: unknown, context: LocalContext) => unknown;

/**
 * Runs tasks of a sample in this process, in the order of their index, without a grid or a sandbox: for tests and for
 * making the pictures. Only for our own samples, since it trusts their code.
 */
export async function* runHere(
  sample: MapSample,
  fetchAsset: FetchAsset,
  only: (index: number) => boolean = () => true,
): AsyncGenerator<SampleRow> {
  const { inputs, task, options } = await sample.load(fetchAsset);
  const run = await taskOf(task);
  const files = { read: async (path: string) => options.files?.[path] ?? new Uint8Array() };
  let index = 0;
  for await (const input of inputs) {
    if (only(index)) yield { index, value: await run(input, { index, args: options.args, files }) };
    index++;
  }
}

async function taskOf(task: Awaited<ReturnType<MapSample['load']>>['task']): Promise<LocalTask> {
  if (typeof task === 'function') throw new TypeError('A sample has its task as a module.');
  if (task.kind === 'wasm') return wasmTask(task.bytes, task.export);
  if (task.kind === 'python') return pythonTask(task.source, task.export);
  if (task.kind !== 'js') throw new TypeError(`A ${task.kind} task needs a sandbox.`);
  const module = await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(task.source)}`
  );
  return module[task.export];
}

/** A number in, and out a packed address and length of bytes in memory. */
async function wasmTask(bytes: Uint8Array, name: string): Promise<LocalTask> {
  const { exports } = new WebAssembly.Instance(await WebAssembly.compile(bytes.slice()));
  const call = exports[name] as (index: number) => bigint;
  const memory = exports.memory as WebAssembly.Memory;
  return (index) => {
    const packed = BigInt.asUintN(64, call(Number(index)));
    const [address, length] = [Number(packed >> 32n), Number(packed & 0xffffffffn)];
    return new Uint8Array(memory.buffer, address, length).slice();
  };
}

/** Python as its package brings it, in this process. */
async function pythonTask(source: string, name: string): Promise<LocalTask> {
  const { loadPyodide } = await import('pyodide');
  const python = await loadPyodide({ env: { PYTHONHASHSEED: '0', HOME: '/' } });
  python.runPython(source);
  const main = python.globals.get(name);
  return (input) => main(input, null).toJs({ dict_converter: Object.fromEntries });
}
