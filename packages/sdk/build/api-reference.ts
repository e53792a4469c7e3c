import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const HEAD = `# API of the package \`manytabs\`

Made from the sources by \`npx vitest run packages/sdk/test/api-reference.test.ts -u\`; a test sees that it is current.
[SDK.md](SDK.md) shows how it is used.
`;

/** Every exported name with its declaration and what its comment says, in the order of the alphabet. */
export function apiReference(root: string): string {
  const entry = join(root, 'packages/sdk/src/index.ts');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
    readFileSync(path, 'utf8'),
  );
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([entry], { ...options, types: [] });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  const symbols = module ? checker.getExportsOfModule(module) : [];
  const parts = symbols
    .map((symbol) => [symbol.name, declarationOf(checker, symbol)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, node]) =>
      node ? [`## ${name}\n\n\`\`\`text\n${textOf(node)}\n\`\`\`\n`] : [],
    );
  return `${HEAD}\n${parts.join('\n')}`;
}

function declarationOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Declaration | undefined {
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  return (isAlias ? checker.getAliasedSymbol(symbol) : symbol).declarations?.[0];
}

function textOf(node: ts.Declaration): string {
  if (ts.isClassDeclaration(node)) return classText(node);
  if (ts.isFunctionDeclaration(node)) return `${comment(node)}${signature(node)}`;
  return `${comment(node)}${node.getText()}`.replace(/^export /gm, '');
}

/** What is public of a class, without its bodies. */
function classText(node: ts.ClassDeclaration): string {
  const members = node.members.filter((member) => {
    const isHidden = member.name !== undefined && ts.isPrivateIdentifier(member.name);
    const isPrivate = (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0;
    return !isHidden && !isPrivate && !ts.isClassStaticBlockDeclaration(member);
  });
  const lines = members.map((member) => `  ${comment(member, '  ')}${signature(member)}`);
  return `${comment(node)}class ${node.name?.text ?? ''} {\n${lines.join('\n')}\n}`;
}

function signature(node: ts.Node): string {
  const file = node.getSourceFile();
  const body = 'body' in node ? (node.body as ts.Node | undefined) : undefined;
  const initializer = 'initializer' in node ? (node.initializer as ts.Node | undefined) : undefined;
  const end = body?.getStart(file) ?? initializer?.getStart(file) ?? node.getEnd();
  const text = file.text.slice(node.getStart(file), end).trim().replace(/ =$/, '');
  return `${text.replace(/^export /, '').replace(/;$/, '')};`;
}

function comment(node: ts.Node, indent = ''): string {
  const [doc] = ts.getJSDocCommentsAndTags(node);
  return doc && ts.isJSDoc(doc) ? `${doc.getText()}\n${indent}` : '';
}
