import type { JsModule, WasmModule } from './api.ts';

/** An ES module's source, complete in itself, as a task. */
export function jsModule(source: string, exportName = 'default'): JsModule {
  return { kind: 'js', source, export: exportName };
}

/** A WASM module as a task; docs/spec/runtime.md says how its export is called. */
export function wasm(bytes: Uint8Array, options: { export: string }): WasmModule {
  return { kind: 'wasm', bytes, export: options.export };
}
