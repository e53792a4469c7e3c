import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { namesOf } from '@manytabs/protocol';

/** Writes the files that a WASI command left behind, if the value is such a result, below a folder and nowhere else. */
export async function writeFilesOf(value: unknown, folder: string): Promise<void> {
  if (!isRecord(value) || !isRecord(value.files) || !('code' in value)) return;
  for (const [path, content] of Object.entries(value.files)) {
    const bytes = bytesOf(content);
    const names = safeNames(path);
    if (!bytes || !names) continue;
    const file = join(folder, ...names);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
}

/** Paths come from strangers: one that leads out of the folder is left in the JSON alone. */
function safeNames(path: string): readonly string[] | undefined {
  try {
    const names = namesOf(path.startsWith('/') ? path : `/${path}`);
    const isSafe = names.length > 0 && names.every((name) => !/[\\:]/.test(name));
    return isSafe ? names : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(content: unknown): Uint8Array | undefined {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  const base64 = isRecord(content) ? content.base64 : undefined;
  return typeof base64 === 'string' ? new Uint8Array(Buffer.from(base64, 'base64')) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
