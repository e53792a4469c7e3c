import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SKIPPED = new Set(['node_modules', 'dist', 'assembly', 'results', 'test-results']);

/** A source file of the repository; `path` is below its root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
}

/** TypeScript of the folders where code of ours is. */
export function sourceFiles(): readonly SourceFile[] {
  const folders = ['apps', 'packages', 'samples', 'scripts', 'e2e', 'bench'];
  return folders
    .flatMap((folder) => filesBelow(folder))
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path, text: readText(path), isTest: isTestFile(path) }));
}

/** Tests, and the suites and setups that only tests import. */
function isTestFile(path: string): boolean {
  const isNamed = /\.(test|spec|sim|bench|test-d)\.tsx?$|(^|[/-])contract\.ts$/.test(path);
  return isNamed || /(^|\/)(e2e|test|testing)\//.test(path);
}

export function filesBelow(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = posix.join(folder.split(sep).join('/'), entry.name);
    if (!entry.isDirectory()) return [path];
    return SKIPPED.has(entry.name) ? [] : filesBelow(path);
  });
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export interface Import {
  readonly module: string;
  readonly line: number;
  readonly isTypeOnly: boolean;
}

const imported = new WeakMap<SourceFile, readonly Import[]>();
const parsed = new WeakMap<SourceFile, ts.SourceFile>();

/** Every module a file names: imports, re-exports and `import()`. */
export function importsOf(file: SourceFile): readonly Import[] {
  const found = imported.get(file) ?? readImports(file);
  imported.set(file, found);
  return found;
}

function readImports(file: SourceFile): readonly Import[] {
  const source = parse(file);
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    const module = moduleOf(node);
    if (module) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      imports.push({ module, line: line + 1, isTypeOnly: isTypeOnly(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

export function parse(file: SourceFile): ts.SourceFile {
  const { path, text } = file;
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const tree =
    parsed.get(file) ?? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, false, kind);
  parsed.set(file, tree);
  return tree;
}

function moduleOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const named = node.moduleSpecifier;
    return named && ts.isStringLiteral(named) ? named.text : undefined;
  }
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) {
    return undefined;
  }
  const [argument] = node.arguments;
  return argument && ts.isStringLiteral(argument) ? argument.text : undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.isTypeOnly === true;
  return ts.isExportDeclaration(node) && node.isTypeOnly;
}
