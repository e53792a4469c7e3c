export type {
  JobRunner,
  ProgramBytes,
  Run,
  RunListener,
  RunRequest,
  Runtime,
} from './api.ts';
export { type SandboxOptions, SandboxRuntime } from './page/sandbox-runtime.ts';
export { taskSeed } from './shared/task-seed.ts';
