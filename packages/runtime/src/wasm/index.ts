export { planWasm } from './plan.ts';
export { withoutDebug } from './strip.ts';
export { checkWasi } from './wasi.ts';
