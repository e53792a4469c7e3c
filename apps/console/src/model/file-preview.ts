import { parseCsv } from './csv.ts';

/** Only so much of a file is fetched to look at. */
export const PREVIEW_BYTES_MAX = 256 * 1024;
export const IMAGE_BYTES_MAX = 16 * 1024 * 1024;
const ROWS_MAX = 200;
const HEX_BYTES_MAX = 4_096;

/** What is shown of a file: a picture, a table or text, never markup. */
export type FilePreview =
  | { readonly kind: 'image'; readonly type: string; readonly bytes: Uint8Array }
  | {
      readonly kind: 'table';
      readonly columns: readonly string[];
      readonly rows: readonly Readonly<Record<string, string>>[];
    }
  | { readonly kind: 'text' | 'json' | 'hex'; readonly text: string };

const IMAGES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
};

/** The type of a picture that a browser draws without running anything; an SVG is text. */
export function imageType(path: string): string | undefined {
  return IMAGES[extensionOf(path)];
}

export function previewOf(path: string, bytes: Uint8Array, isWhole: boolean): FilePreview {
  const type = imageType(path);
  if (type && isWhole) return { kind: 'image', type, bytes };
  const text = textOf(bytes);
  if (text === undefined) return { kind: 'hex', text: hexOf(bytes.subarray(0, HEX_BYTES_MAX)) };
  const extension = extensionOf(path);
  if (extension === 'csv') return tableOf(isWhole ? text : wholeLines(text));
  if (extension === 'json' && isWhole) return jsonOf(text);
  return { kind: 'text', text };
}

function extensionOf(path: string): string {
  return /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
}

/** Undefined for bytes that are no text. A character that the end cuts in two is left out. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return text.includes('\u0000') ? undefined : text;
  } catch {
    return undefined;
  }
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function tableOf(text: string): FilePreview {
  try {
    const rows = parseCsv(text).slice(0, ROWS_MAX);
    const [first] = rows;
    return first ? { kind: 'table', columns: Object.keys(first), rows } : { kind: 'text', text };
  } catch {
    return { kind: 'text', text }; // a broken table can still be read
  }
}

function jsonOf(text: string): FilePreview {
  try {
    return { kind: 'json', text: JSON.stringify(JSON.parse(text), undefined, 2) };
  } catch {
    return { kind: 'text', text };
  }
}

/** `00000010  4d 5a …  MZ`, sixteen bytes a line. */
export function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const line = [...bytes.subarray(at, at + 16)];
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = line.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}
