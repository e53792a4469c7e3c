// The rules of CONTRIBUTING.md that a program can hold. Each test returns the places that break its rule, as
// `path:line: what`, and expects none.
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';
import { describe, expect, test, vi } from 'vitest';
import {
  filesBelow,
  importsOf,
  parse,
  readText,
  type SourceFile,
  sourceFiles,
} from './repository.ts';

// The first test to ask parses everything.
vi.setConfig({ testTimeout: 60_000 });

const files = sourceFiles();
const code = files.filter(({ isTest }) => !isTest);

describe('imports', () => {
  /** What each workspace may import of ours: `protocol <- kernel | transport | storage | runtime <- sdk <- apps`. */
  const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
    '@manytabs/protocol': [],
    '@manytabs/browser': ['@manytabs/protocol'],
    '@manytabs/kernel': ['@manytabs/protocol'],
    '@manytabs/erasure': ['@manytabs/protocol'],
    '@manytabs/transport': ['@manytabs/protocol'],
    '@manytabs/storage': ['@manytabs/protocol'],
    '@manytabs/runtime': ['@manytabs/protocol'],
    '@manytabs/embed': [],
    '@manytabs/sim': ['@manytabs/protocol', '@manytabs/kernel', '@manytabs/storage', 'manytabs'],
    manytabs: [
      '@manytabs/protocol',
      '@manytabs/kernel',
      '@manytabs/transport',
      '@manytabs/storage',
      '@manytabs/runtime',
      '@manytabs/erasure',
    ],
    '@manytabs/samples': ['@manytabs/protocol', 'manytabs'],
    '@manytabs/coordinator': [
      '@manytabs/protocol',
      '@manytabs/transport',
      '@manytabs/storage',
      'manytabs',
    ],
    '@manytabs/donate': ['@manytabs/protocol', 'manytabs'],
    '@manytabs/console': ['@manytabs/protocol', '@manytabs/samples', 'manytabs'],
    // `up` composes the coordinator; the command is the one app that may.
    '@manytabs/cli': [
      '@manytabs/browser',
      '@manytabs/protocol',
      '@manytabs/coordinator',
      '@manytabs/samples',
      'manytabs',
    ],
  };

  test('a workspace imports only what is below it', () => {
    const wrong = files.flatMap((file) => {
      const owner = workspaceOf(file.path);
      if (!owner) return [];
      // Tests of every part may open a browser.
      const browser = file.isTest ? ['@manytabs/browser'] : [];
      const allowed = [owner.name, ...browser, ...(MAY_IMPORT[owner.name] ?? [])];
      return importsOf(file)
        .filter(({ module }) => isOurs(module) && !allowed.includes(packageOf(module)))
        .map(({ module, line }) => `${file.path}:${line}: imports ${module}`);
    });
    expect(wrong).toEqual([]);
  });

  test('a workspace reaches into no other by a path', () => {
    const wrong = files.flatMap((file) => {
      const owner = workspaceOf(file.path);
      // Vite leaves packages outside its configuration, and Node 20 runs no TypeScript: it needs the path.
      if (!owner || file.path.endsWith('/vite.config.ts')) return [];
      return importsOf(file)
        .filter(({ module }) => module.startsWith('.'))
        .filter(({ module }) => {
          const target = posix.join(posix.dirname(file.path), module);
          return !target.startsWith(`${owner.folder}/`);
        })
        .map(({ module, line }) => `${file.path}:${line}: imports ${module}`);
    });
    expect(wrong).toEqual([]);
  });

  test('a manifest lists what its workspace imports', () => {
    const root = manifestOf('.');
    const wrong = files.flatMap((file) => {
      const owner = workspaceOf(file.path);
      if (!owner) return [];
      const { dependencies, devDependencies, imports } = manifestOf(owner.folder);
      const own = { ...dependencies, ...devDependencies, ...imports };
      // Tests and builds use the tools of the repository; @playwright/test brings playwright-core.
      const tools = { ...own, ...root.devDependencies, 'playwright-core': '' };
      const isTool = file.isTest || /(^|\/)(vite\.config|vite)\.ts$|\/build\//.test(file.path);
      return importsOf(file)
        .filter(({ module }) => !/^(\.|node:|virtual:)/.test(module))
        .filter(({ module }) => packageOf(module) !== owner.name)
        .filter(({ module, isTypeOnly }) => {
          return !(packageOf(module) in (isTool || isTypeOnly ? tools : own));
        })
        .map(({ module, line }) => `${file.path}:${line}: ${module} is not in its manifest`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('purity', () => {
  const AMBIENT = [
    'Date',
    'crypto',
    'console',
    'performance',
    'process',
    'fetch',
    'WebSocket',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'queueMicrotask',
    'requestAnimationFrame',
  ];

  test('the kernel and the protocol read no clock, no chance and no outside', () => {
    const pure = code.filter(({ path }) => /^packages\/(protocol|kernel)\/src\//.test(path));
    const wrong = pure.flatMap((file) =>
      usesOf(file, (node, parent) => {
        if (!ts.isIdentifier(node) || isMemberName(node, parent)) return undefined;
        return AMBIENT.includes(node.text) ? node.text : undefined;
      }),
    );
    expect([...wrong, ...pure.flatMap(drawsOf)]).toEqual([]);
  });

  test('the kernel never waits', () => {
    const kernel = code.filter(({ path }) => path.startsWith('packages/kernel/src/'));
    const wrong = kernel.flatMap((file) =>
      usesOf(file, (node, parent) => {
        if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
        if (ts.isAwaitExpression(node)) return 'await';
        if (!ts.isIdentifier(node) || isMemberName(node, parent)) return undefined;
        return node.text === 'Promise' ? 'Promise' : undefined;
      }),
    );
    expect(wrong).toEqual([]);
  });

  function drawsOf(file: SourceFile): string[] {
    return usesOf(file, (node) => {
      if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression))
        return undefined;
      const isDraw = node.expression.text === 'Math' && node.name.text === 'random';
      return isDraw ? 'Math.random' : undefined;
    });
  }
});

describe('size and language', () => {
  test('no file is longer than 500 lines', () => {
    const long = files
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > 500);
    expect(long).toEqual([]);
  });

  test('no `any`, no `!` and no silenced type error outside tests', () => {
    const wrong = code.flatMap((file) => [
      ...usesOf(file, (node) => {
        if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any';
        return ts.isNonNullExpression(node) ? '!' : undefined;
      }),
      ...linesWith(file, /@ts-(ignore|expect-error|nocheck)/),
    ]);
    expect(wrong).toEqual([]);
  });

  test('every file name says what is in it', () => {
    const vague =
      /(^|\/)(utils?|helpers?|misc|common-stuff|types)\.tsx?$|(^|\/)(utils?|helpers?)\//;
    expect(files.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
  });

  test('file names are in kebab case', () => {
    const names = files.map(({ path }) => path).filter((path) => !/^[a-z0-9.\-/]+$/.test(path));
    // `bench/peers` keeps the names that its peers ask for.
    expect(names.filter((path) => !path.startsWith('bench/peers/'))).toEqual([]);
  });

  test('nothing is left for later', () => {
    // Written in two parts, so that this file passes.
    const later = new RegExp(`\\b(TO${'DO'}|FIX${'ME'}|XX${'X'}|HA${'CK'})\\b`);
    expect(files.flatMap((file) => linesWith(file, later))).toEqual([]);
  });

  test('every error carries a code', () => {
    // Inside a task's worker an error is the task's own; a build stops with whatever it throws.
    const isOwn = /^packages\/runtime\/(src\/worker|build)\//;
    const product = code.filter(({ path }) => /^(apps|packages)\//.test(path) && !isOwn.test(path));
    expect(product.flatMap((file) => linesWith(file, /\bthrow new Error\(/))).toEqual([]);
  });
});

describe('specification', () => {
  const defined = docs().flatMap((path) =>
    [...readText(path).matchAll(/^- \*\*([A-Z]{2}\d+)\*\* /gm)].map(([, id]) => ({ path, id })),
  );
  const cited = new Set(
    files
      .filter(({ isTest }) => isTest)
      .flatMap(({ text }) => [...text.matchAll(/\[([A-Z]{2}\d+)\]/g)].map(([, id]) => id)),
  );

  test('no rule has the number of another', () => {
    const ids = defined.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  test('every rule is cited by the title of a test', () => {
    expect(defined.filter(({ id }) => !cited.has(id))).toEqual([]);
  });

  test('every rule that a test cites exists', () => {
    const ids = new Set(defined.map(({ id }) => id));
    expect([...cited].filter((id) => !ids.has(id))).toEqual([]);
  });

  function docs(): string[] {
    const spec = filesBelow('docs').filter((path) => /^docs\/(SPEC\.md|spec\/.*\.md)$/.test(path));
    expect(spec).not.toEqual([]);
    return spec;
  }
});

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, unknown>>;
}

const manifests = new Map<string, Manifest>();

function manifestOf(folder: string): Manifest {
  const found = manifests.get(folder) ?? JSON.parse(readText(`${folder}/package.json`));
  manifests.set(folder, found);
  return found;
}

/** Scripts, benches and end-to-end tests belong to the repository, not to a workspace. */
function workspaceOf(path: string): { folder: string; name: string } | undefined {
  const folder = /^(samples|(?:apps|packages)\/[^/]+)\//.exec(path)?.[1];
  if (!folder || !existsSync(`${folder}/package.json`)) return undefined;
  return { folder, name: manifestOf(folder).name };
}

function isOurs(module: string): boolean {
  return /^(manytabs|@manytabs\/[^/]+)(\/|$)/.test(module);
}

function packageOf(module: string): string {
  const parts = module.split('/');
  return module.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? module);
}

/** `a.Date` and `{ Date: 1 }` name a member, not the global. */
function isMemberName(node: ts.Identifier, parent: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent))
    return parent.name === node;
  return (
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isPropertyDeclaration(parent)
  );
}

function usesOf(
  file: SourceFile,
  use: (node: ts.Node, parent: ts.Node) => string | undefined,
): string[] {
  const source = parse(file);
  const found: string[] = [];
  const visit = (node: ts.Node, parent: ts.Node): void => {
    const what = use(node, parent);
    if (what) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push(`${file.path}:${line + 1}: ${what}`);
    }
    ts.forEachChild(node, (child) => visit(child, node));
  };
  visit(source, source);
  return found;
}

function linesWith(file: SourceFile, pattern: RegExp): string[] {
  return file.text.split('\n').flatMap((line, at) => {
    return pattern.test(line) ? [`${file.path}:${at + 1}: ${line.trim()}`] : [];
  });
}
