import { GridError } from '@manytabs/protocol';
import type { FileCheck, FileEntry, FileStat, FilesUsage } from 'manytabs';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { toJsonLine } from '../../json-value.ts';
import { type GridOptions, withGrid } from '../../session.ts';
import { clean } from '../../table.ts';
import type { Terminal } from '../../terminal.ts';
import { size } from './transfer-line.ts';

/** `manytabs stat PATH`. */
export function stat(terminal: Terminal, path: string, options: GridOptions): Promise<ExitCode> {
  return withGrid(terminal, options, async (grid) => {
    const found = await grid.files.stat(path);
    if (options.json) terminal.out(toJsonLine(found));
    else
      for (const line of 'health' in found ? fileLines(found) : folderLines(found))
        terminal.out(line);
    return EXIT.done;
  });
}

/** `manytabs df`. */
export function df(terminal: Terminal, options: GridOptions): Promise<ExitCode> {
  return withGrid(terminal, options, async (grid) => {
    const usage = await grid.files.df();
    if (options.json) terminal.out(toJsonLine(usage));
    else for (const line of usageLines(usage)) terminal.out(line);
    return EXIT.done;
  });
}

/** `manytabs files fsck`: 0 if every file is whole, 5 if some are short of copies, 1 if some are lost. */
export function files(terminal: Terminal, action: string, options: GridOptions): Promise<ExitCode> {
  if (action !== 'fsck') {
    throw new GridError(
      'usage',
      `There is no \`files ${clean(action)}\`; there is \`files fsck\`.`,
    );
  }
  return withGrid(terminal, options, async (grid) => {
    const check = await grid.files.check({ signal: terminal.interrupted });
    if (options.json) terminal.out(toJsonLine(check));
    else for (const line of checkLines(check)) terminal.out(line);
    if (check.health.lost > 0) return EXIT.failed;
    return check.health.degraded > 0 ? EXIT.partial : EXIT.done;
  });
}

function fileLines(file: FileStat): string[] {
  const { target, least } = file.replicas;
  const code = file.code ? `, code ${file.code.data}+${file.code.parity}` : '';
  const short =
    file.missing > 0 ? `, ${file.missing} short of copies, ${file.absent} with none` : '';
  return [
    clean(file.path),
    `${size(file.bytes)} (${file.bytes}), ${file.contentType}, version ${file.version}, by ${clean(file.owner)}`,
    `${file.durability}${file.origin ? ', a copy at the coordinator' : ''}${code}`,
    `${file.health}: ${file.shards} shards on ${file.holders.length} volunteers, ${least} of ${target} copies at least${short}`,
    `root ${file.root}`,
    `modified ${new Date(file.modifiedAt).toISOString()}`,
  ];
}

function folderLines(folder: FileEntry): string[] {
  return [`${clean(folder.path)}/`, `folder, by ${clean(folder.owner)}`];
}

function usageLines(usage: FilesUsage): string[] {
  const { quota } = usage;
  const lines = [
    `${usage.files} files in ${usage.folders} folders, ${size(usage.bytes)}`,
    `${size(usage.storedOnTabs)} on ${usage.tabs} tabs, ${size(usage.storedAtOrigin)} at the coordinator`,
  ];
  for (const { owner, files: count, bytes } of usage.owners) {
    lines.push(`${clean(owner)}: ${count} files, ${size(bytes)}`);
  }
  if (quota) {
    const most = [
      quota.files === null ? '' : `${quota.files} files`,
      quota.bytes === null ? '' : size(quota.bytes),
    ];
    lines.push(`this token may store ${most.filter(Boolean).join(', ')}`);
  }
  return lines;
}

function checkLines(check: FileCheck): string[] {
  const { full, degraded, lost } = check.health;
  return [
    `${check.files} files, ${check.shards} shards, ${size(check.bytes)}: ${full} full, ${degraded} degraded, ${lost} lost`,
    `${check.short} shards short of copies, ${check.underWay} copies under way, ${check.repaired} repaired`,
    `${check.scrubbed} copies checked, ${check.corrupt} corrupt, ${check.unreferenced} shards unreferenced`,
    ...check.offenders.map(
      ({ volunteer, corrupt }) =>
        `${volunteer} held ${corrupt} corrupt copies: nothing of it counts`,
    ),
    ...check.problems.map(({ path, code, message }) => `${clean(path)}: ${code}: ${message}`),
  ];
}
