import { GridError } from '@manytabs/protocol';
import { textOf } from '../shared/text.ts';
import type { Refusal, ToWorker, WorkerOrder, WorkerProgram } from '../shared/wire.ts';
import { ContextMaker } from './context.ts';
import { Gate } from './gate.ts';
import { lockDown } from './lock-down.ts';
import { Loop } from './loop.ts';
import { natives, signalMethods, turn } from './natives.ts';
import { Outbox } from './outbox.ts';
import { installPortable } from './portable/install.ts';
import { loadLibm } from './portable/math.ts';
import { TaskClock } from './python/clock.ts';
import { installShims } from './shims.ts';
import { loadTask } from './task.ts';
import { TaskTimers } from './task-timers.ts';

// The whole of a worker. It is constant: the job's code comes later, by `import(blob:)`, into a realm that has
// nothing left to misuse.

/** In base 64: what build/libm.ts makes. */
declare const LIBM: string;

const gate = new Gate();
const timers = new TaskTimers(natives);
let loop: Loop | undefined;
let speaker: ContextMaker | undefined;

async function load(program: WorkerProgram): Promise<void> {
  const outbox = new Outbox(natives, program.outputBytesMax);
  const clock = new TaskClock();
  const isPython = program.code.kind === 'python';
  installPortable(globalThis, program.determinism, {
    clock: isPython ? clock.clock : natives.clock,
    now: isPython ? clock.now : natives.now,
    libm: () => loadLibm(Uint8Array.from(atob(LIBM), (char) => char.charCodeAt(0))),
  });
  const contexts = new ContextMaker(outbox, program, () => outbox.forgive(gate.breathe()));
  speaker = contexts;
  const task = await loadTask(program, { clock, written: contexts.written });
  timers.release();
  loop = new Loop({ task, contexts, outbox, gate, timers, rangeFrom: program.rangeFrom });
  natives.post({ type: 'loaded' });
}

async function work(order: WorkerOrder): Promise<void> {
  if (!loop) return;
  if (!(await loop.run(order))) return natives.post({ type: 'stopped' });
  await turn();
  natives.post({ type: 'rested' });
}

function refuse(thrown: unknown): void {
  natives.post({ type: 'refused', refusal: refusalOf(thrown) });
}

function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof GridError) return { code: thrown.code, message: thrown.message };
  return { code: 'syntax-error', message: textOf(thrown) };
}

function handle(message: ToWorker): void {
  if (message.type === 'load') load(message.program).catch(refuse);
  else if (message.type === 'work') work(message.order).catch(refuse);
  else if (message.type === 'hold') gate.hold();
  else if (message.type === 'go') gate.go();
  else if (message.type === 'duty') gate.setDuty(message.duty);
  else if (message.type === 'read-done') speaker?.reads.onAnswer(message.answer);
  else gate.stop();
}

lockDown(globalThis);
installShims(globalThis, {
  log: (values) => speaker?.log(values),
  signals: natives.AbortSignal.prototype,
  signalMaker: natives.AbortSignal,
  signalMethods,
  timers,
});
natives.listen((data) => handle(data as ToWorker));
natives.post({ type: 'up' });
