import { GridError } from '@manytabs/protocol';
import { type Options, parse } from 'acorn';
import { analyze, type Scope } from 'eslint-scope';

/** Names a task finds in the sandbox; everything else it uses must be its own. */
const PROVIDED: ReadonlySet<string> = new Set([
  'AggregateError',
  'Array',
  'ArrayBuffer',
  'Atomics',
  'BigInt',
  'BigInt64Array',
  'BigUint64Array',
  'Boolean',
  'DataView',
  'Date',
  'Error',
  'EvalError',
  'Float32Array',
  'Float64Array',
  'Infinity',
  'Int16Array',
  'Int32Array',
  'Int8Array',
  'Iterator',
  'JSON',
  'Map',
  'Math',
  'NaN',
  'Number',
  'Object',
  'Promise',
  'Proxy',
  'RangeError',
  'ReferenceError',
  'Reflect',
  'RegExp',
  'Set',
  'String',
  'Symbol',
  'SyntaxError',
  'TextDecoder',
  'TextEncoder',
  'TypeError',
  'URIError',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'WeakMap',
  'WeakSet',
  'WebAssembly',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'globalThis',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
  'structuredClone',
  'undefined',
  'AbortController',
  'AbortSignal',
  'Float16Array',
  'atob',
  'btoa',
  'clearTimeout',
  'queueMicrotask',
  'setTimeout',
  'performance',
  'console',
  'escape',
  'unescape',
]);

const SYNTAX: Options = { ecmaVersion: 'latest', sourceType: 'module', ranges: true };

/**
 * Whether the source could run alone in a sandbox.
 * @throws {GridError} `syntax-error` with the place, `module-unresolved` for an import, `export-missing`, or
 *   `free-variable` naming what it uses from outside
 */
export function checkSource(source: string, options: { export: string; name?: string }): void {
  const program = parseSource(source);
  refuseImports(program);
  if (!exportsOf(program).has(options.export)) {
    throw new GridError('export-missing', `The module has no export "${options.export}".`);
  }
  const free = freeVariables(program);
  if (free.length === 0) return;
  const who = options.name ? `${options.name} uses` : 'The task uses';
  const names = free.map((name) => `'${name}'`).join(', ');
  throw new GridError('free-variable', `${who} ${names}, which is not defined in the task.`, {
    details: free,
  });
}

type Program = ReturnType<typeof parse>;

/** @throws {GridError} `syntax-error` with the place */
export function parseSource(source: string): Program {
  try {
    return parse(source, SYNTAX);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new GridError('syntax-error', `The task could not be read: ${message}.`, { cause });
  }
}

/** Names used and declared nowhere, in the order of their first use. */
function freeVariables(program: Program): string[] {
  const manager = analyze(program as never, { ecmaVersion: 2022, sourceType: 'module' });
  const free = new Set<string>();
  const root = manager.globalScope as Scope;
  for (const { identifier } of root.through) {
    if (!PROVIDED.has(identifier.name)) free.add(identifier.name);
  }
  return [...free];
}

function refuseImports(program: Program): void {
  for (const node of program.body) {
    if ('source' in node && node.source) {
      const name = String(node.source.value);
      throw new GridError('module-unresolved', `The task imports '${name}', which is not bundled.`);
    }
  }
}

function exportsOf(program: Program): Set<string> {
  const names = new Set<string>();
  for (const node of program.body) {
    if (node.type === 'ExportDefaultDeclaration') names.add('default');
    if (node.type !== 'ExportNamedDeclaration') continue;
    for (const { exported } of node.specifiers) {
      names.add('name' in exported ? exported.name : String(exported.value));
    }
    for (const name of declared(node.declaration)) names.add(name);
  }
  return names;
}

type Exported = Extract<Program['body'][number], { type: 'ExportNamedDeclaration' }>;

function declared(declaration: Exported['declaration']): string[] {
  if (!declaration) return [];
  if (declaration.type !== 'VariableDeclaration') return [declaration.id.name];
  return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
}
