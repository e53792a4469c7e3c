// What tasks and their inputs are made with, without what sends them.

export { range } from './inputs.ts';
export { jsModule, python, wasi, wasm } from './modules.ts';
