import { parse } from 'acorn';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Statement = ReturnType<typeof parse>['body'][number];
type Named = Extract<Statement, { type: 'ExportNamedDeclaration' }>;
type Default = Extract<Statement, { type: 'ExportDefaultDeclaration' }>;

/**
 * An ES module without imports as a script whose value is `async (exports) => …`: Node loads no module from a text
 * without giving it `import`. Lines keep their numbers.
 */
export function scriptOfModule(module: Uint8Array): Uint8Array {
  const source = new TextDecoder().decode(module);
  const edits: Edit[] = [];
  const ends: string[] = [];
  for (const node of parse(source, { ecmaVersion: 'latest', sourceType: 'module' }).body) {
    if (node.type === 'ExportDefaultDeclaration') editDefault(source, node, edits, ends);
    else if (node.type === 'ExportNamedDeclaration') editNamed(node, edits, ends);
  }
  const body = apply(source, edits);
  const text = `(async (exports) => { 'use strict'; ${body}\n${ends.join('\n')}\n})`;
  return new TextEncoder().encode(text);
}

/** Parentheses around an expression are no part of its node: only the two words are replaced. */
function editDefault(source: string, node: Default, edits: Edit[], ends: string[]): void {
  const { declaration, start } = node;
  const words = /^export[\s\S]*?default/.exec(source.slice(start))?.[0] ?? '';
  const end = start + words.length;
  const name =
    'id' in declaration && declaration.type.endsWith('Declaration') ? declaration.id : null;
  if (name && 'name' in name) {
    edits.push({ start, end, text: '' });
    ends.push(`exports.default = ${name.name};`);
    return;
  }
  edits.push({ start, end, text: 'exports.default = ' });
  edits.push({ start: node.end, end: node.end, text: ';' });
}

function editNamed(node: Named, edits: Edit[], ends: string[]): void {
  const { declaration } = node;
  const end = declaration ? declaration.start : node.end;
  edits.push({ start: node.start, end, text: '' });
  for (const { local, exported } of node.specifiers) {
    if ('name' in local) ends.push(`exports[${JSON.stringify(nameOf(exported))}] = ${local.name};`);
  }
  for (const name of declared(declaration)) ends.push(`exports.${name} = ${name};`);
}

function nameOf(exported: Named['specifiers'][number]['exported']): string {
  return 'name' in exported ? exported.name : String(exported.value);
}

function declared(declaration: Named['declaration']): string[] {
  if (!declaration) return [];
  if (declaration.type !== 'VariableDeclaration') return [declaration.id.name];
  return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
}

function apply(source: string, edits: readonly Edit[]): string {
  let text = '';
  let at = 0;
  for (const { start, end, text: put } of [...edits].sort((a, b) => a.start - b.start)) {
    text += source.slice(at, start) + put;
    at = end;
  }
  return text + source.slice(at);
}
