import { createHash } from 'node:crypto';
import type { Locator } from '@playwright/test';

/** SHA-256 of a canvas's pixels. */
export async function pixelHash(canvas: Locator): Promise<string> {
  const base64 = await canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const context = (element as HTMLCanvasElement).getContext('2d');
    const pixels = context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
    let text = '';
    for (const byte of pixels) text += String.fromCharCode(byte);
    return btoa(text);
  });
  return createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
}
