import { shownOf, withParts } from '../placed-input.ts';
import type { InputSource, Task } from './api.ts';

/** The inputs as the task takes them: of a WASI command, what it makes of each; a file of the grid stays one. */
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
  prepare: Prepare<Input>,
): Generator<unknown> {
  let index = 0;
  for (const input of inputs) yield made(prepare, input, index++);
}

async function* preparedLater<Input>(
  inputs: AsyncIterable<Input>,
  prepare: Prepare<Input>,
): AsyncGenerator<unknown> {
  let index = 0;
  for await (const input of inputs) yield made(prepare, input, index++);
}

type Prepare<Input> = (input: Input, index: number) => unknown;

function made<Input>(prepare: Prepare<Input>, input: Input, index: number): unknown {
  return withParts(input, prepare(shownOf(input) as Input, index));
}
