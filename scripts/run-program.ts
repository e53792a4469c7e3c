import { type SpawnOptions, spawn } from 'node:child_process';

/** Resolves with the exit status once the program has ended; 127 where it could not be started. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, options);
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    const end = (status: number) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      resolve(status);
    };
    child.once('error', () => end(127));
    child.once('close', (status, signal) => end(status ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
