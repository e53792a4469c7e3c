import { spin } from './spin.ts';

export interface WorkerOrder {
  readonly loops: number;
  readonly tasks: number;
}

const run = (input: number): number => input;

// A batch of inputs comes as bytes and goes back as outputs; an order is spun and answered when done.
addEventListener('message', ({ data }: MessageEvent<ArrayBuffer | WorkerOrder>) => {
  if (data instanceof ArrayBuffer) {
    const outputs = Float64Array.from(new Float64Array(data), run);
    postMessage(outputs.buffer, { transfer: [outputs.buffer] });
  } else {
    let sum = 0;
    for (let task = 0; task < data.tasks; task++) sum += spin(task, data.loops);
    postMessage(sum);
  }
});
