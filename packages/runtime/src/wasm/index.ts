export { planWasm } from './plan.ts';
export { checkWasi } from './wasi.ts';
