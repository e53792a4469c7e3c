import { GridError } from '@manytabs/protocol';

/** A picture of a file, decoded. */
export interface DecodedPhoto {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

const NAME_CHARS_MAX = 80;

/**
 * Decodes a picture in this page, made smaller where it has more pixels; none of it leaves the page by this.
 * @throws {GridError} `input-invalid`
 */
export async function decodePhoto(file: File, pixelsMax: number): Promise<DecodedPhoto> {
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    const message = `${file.name} is no picture that this browser reads.`;
    throw new GridError('input-invalid', message, { cause });
  });
  const scale = Math.min(1, Math.sqrt(pixelsMax / (bitmap.width * bitmap.height)));
  const width = Math.max(1, Math.floor(bitmap.width * scale));
  const height = Math.max(1, Math.floor(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new GridError('input-invalid', 'This browser has no canvas to draw on.');
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { name: photoName(file.name), width, height, rgba: new Uint8Array(data.buffer) };
}

/** A name that any file system takes, without its ending. */
export function photoName(file: string): string {
  const bare = file.replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}_-]+/gu, '-');
  return bare.replace(/^-+|-+$/g, '').slice(0, NAME_CHARS_MAX) || 'photo';
}
