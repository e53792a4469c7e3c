import type { WorkerProgram } from '../../shared/wire.ts';
import type { Context } from '../context.ts';
import { isFileInput, readInputFile } from '../input-file.ts';
import { natives } from '../natives.ts';
import type { TaskBody } from '../task.ts';
import { type Command, commandOf, fileCommandOf } from './command.ts';
import { runCommand } from './run.ts';

/** A task that runs a WASI command; the files of the job are there beside those of its input. */
export async function wasiTask(
  module: WebAssembly.Module,
  program: WorkerProgram,
): Promise<TaskBody> {
  const shared = new Map<string, Uint8Array>();
  for (const [path, blob] of program.files)
    shared.set(path, new Uint8Array(await natives.blobBytes.call(blob)));
  const run = (command: Command, context: Context) => {
    const files = new Map([...shared, ...command.files]);
    return runCommand(module, { ...command, files }, context, program.outputBytesMax);
  };
  const runOnFile = async (input: Parameters<typeof readInputFile>[0], context: Context) => {
    const file = await readInputFile(input, context.files);
    const { args } = context;
    return run(file ? fileCommandOf(file, args) : commandOf(input, args), context);
  };
  return (input, context) =>
    isFileInput(input) ? runOnFile(input, context) : run(commandOf(input, context.args), context);
}
