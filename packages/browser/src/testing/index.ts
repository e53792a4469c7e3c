export { lanAddress } from './lan-address.ts';
export { bundleScript, pageOf, scriptPage } from './page.ts';
export { type FileServer, type Served, serve } from './serve.ts';
export { openUndriven } from './undriven.ts';
