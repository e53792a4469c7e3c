import type { WorkerProgram } from '../../shared/wire.ts';
import { natives } from '../natives.ts';
import type { TaskBody } from '../task.ts';
import { commandOf } from './command.ts';
import { runCommand } from './run.ts';

/** A task that runs a WASI command; the files of the job are there beside those of its input. */
export async function wasiTask(
  module: WebAssembly.Module,
  program: WorkerProgram,
): Promise<TaskBody> {
  const shared = new Map<string, Uint8Array>();
  for (const [path, blob] of program.files)
    shared.set(path, new Uint8Array(await natives.blobBytes.call(blob)));
  return (input, context) => {
    const command = commandOf(input, context.args);
    const files = new Map([...shared, ...command.files]);
    return runCommand(module, { ...command, files }, context, program.outputBytesMax);
  };
}
