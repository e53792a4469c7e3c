export { type ThreadOptions, ThreadRuntime } from './node/thread-runtime.ts';
