import { InvalidArgumentError } from 'commander';
import type { Builder } from './program.ts';

/** The commands of the grid's file system. */
export function addFileCommands(builder: Builder): void {
  const { terminal } = builder;
  builder
    .addForGrid(
      'ls [path]',
      'list a folder of the grid, or what a pattern matches',
      async (path, options) => {
        const { ls } = await import('./commands/files/ls.ts');
        return ls(terminal, path ?? '/', options);
      },
    )
    .option('-r, --recursive', 'everything below it as well');
  builder
    .addForGrid(
      'put <source> <path>',
      'put a file, a folder or standard input (-) on the grid',
      async (source, path, options) => {
        const { put } = await import('./commands/files/put.ts');
        return put(terminal, source, path, options);
      },
    )
    .option(
      '--durability <kind>',
      'durable: the coordinator keeps a copy too; grid, cache: tabs only',
      oneOf('durable', 'grid', 'cache'),
    )
    .option('--replicas <count>', 'copies on distinct volunteers', count)
    .option('--code <scheme>', 'K+M: any K of K+M pieces give the file back', code)
    .option('--type <type>', 'content type (default: by the ending of the name)')
    .option('--if-version <version>', 'only if this version is there now; 0: nothing is', count)
    .option('-r, --recursive', 'a folder, which needs no saying');
  builder
    .addForGrid(
      'get <path> <target>',
      'get a file or a folder; - is standard output',
      async (path, target, options) => {
        const { get } = await import('./commands/files/get.ts');
        return get(terminal, path, target, options);
      },
    )
    .option('-r, --recursive', 'a folder, which needs no saying');
  builder
    .addForGrid(
      'cat <paths...>',
      'write files of the grid to standard output',
      async (paths, options) => {
        const { cat } = await import('./commands/files/get.ts');
        return cat(terminal, paths, options);
      },
    )
    .option('--range <range>', 'FROM..TO: these bytes only', range);
  builder
    .addForGrid('rm <paths...>', 'remove files, or with -r folders', async (paths, options) => {
      const { rm } = await import('./commands/files/change.ts');
      return rm(terminal, paths, options);
    })
    .option('-r, --recursive', 'folders with all that is in them')
    .option('--if-version <version>', 'only if this version is there now', count);
  builder
    .addForGrid(
      'mv <from> <to>',
      'move or rename a file or a folder',
      async (from, to, options) => {
        const { mv } = await import('./commands/files/change.ts');
        return mv(terminal, from, to, options);
      },
    )
    .option('-n, --no-clobber', 'never in the place of another file')
    .option('--if-version <version>', 'only if this version is there now', count);
  builder.addForGrid('mkdir <path>', 'make a folder and those above it', async (path, options) => {
    const { mkdir } = await import('./commands/files/change.ts');
    return mkdir(terminal, path, options);
  });
  builder.addForGrid(
    'stat <path>',
    'a file with its copies and how it stands with them',
    async (path, options) => {
      const { stat } = await import('./commands/files/report.ts');
      return stat(terminal, path, options);
    },
  );
  builder.addForGrid('df', 'what is stored, where, and how much may be', async (options) => {
    const { df } = await import('./commands/files/report.ts');
    return df(terminal, options);
  });
  builder.addForGrid(
    'files <action>',
    'fsck: look at every file and every copy',
    async (action, options) => {
      const { files } = await import('./commands/files/report.ts');
      return files(terminal, action, options);
    },
  );
}

function count(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

function code(text: string): { data: number; parity: number } {
  const [, data, parity] = /^(\d{1,2})\+(\d{1,2})$/.exec(text) ?? [];
  const scheme = { data: Number(data), parity: Number(parity) };
  const isCode = [scheme.data, scheme.parity].every((pieces) => pieces >= 1 && pieces <= 32);
  if (isCode) return scheme;
  throw new InvalidArgumentError('It must be K+M, as in 4+2, each from 1 to 32.');
}

function range(text: string): { from: number; to: number } {
  const [, from, to] = /^(\d{1,15})\.\.(\d{1,15})$/.exec(text) ?? [];
  if (from !== undefined && Number(from) <= Number(to))
    return { from: Number(from), to: Number(to) };
  throw new InvalidArgumentError('It must be FROM..TO, in bytes.');
}

function oneOf(...choices: readonly string[]): (text: string) => string {
  return (text) => {
    if (choices.includes(text)) return text;
    throw new InvalidArgumentError(`It must be ${choices.join(', ')}.`);
  };
}
