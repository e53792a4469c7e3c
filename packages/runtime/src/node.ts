export { type ThreadOptions, ThreadRuntime } from './node/thread-runtime.ts';
export { PYTHON_NAMES, PYTHON_VERSION } from './shared/python.ts';
export type { PythonFiles } from './shared/wire.ts';
