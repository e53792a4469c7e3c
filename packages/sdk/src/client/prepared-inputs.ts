import type { InputSource, Task } from './api.ts';

/** The inputs as the task takes them: of a WASI command, what it makes of each. */
export function preparedFor<Input, Output, Args>(
  task: Task<Input, Output, Args>,
  inputs: InputSource<Input>,
): InputSource<unknown> {
  const prepare = 'prepare' in task ? task.prepare : undefined;
  if (!prepare) return inputs;
  if (Symbol.iterator in inputs) return preparedHere(inputs, prepare);
  return preparedLater(inputs, prepare);
}

function* preparedHere<Input>(
  inputs: Iterable<Input>,
  prepare: (input: Input, index: number) => unknown,
): Generator<unknown> {
  let index = 0;
  for (const input of inputs) yield prepare(input, index++);
}

async function* preparedLater<Input>(
  inputs: AsyncIterable<Input>,
  prepare: (input: Input, index: number) => unknown,
): AsyncGenerator<unknown> {
  let index = 0;
  for await (const input of inputs) yield prepare(input, index++);
}
