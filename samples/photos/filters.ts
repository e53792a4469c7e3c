// Whole numbers only, so that every engine makes the same picture.

export interface Photo {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

export type FilterName = 'sketch' | 'dots' | 'warm' | 'grey';

type Filter = (photo: Photo) => Photo;

export const FILTERS: Readonly<Record<FilterName, Filter>> = { sketch, dots, warm, grey };

/** Of red, green and blue, from 0 to 255. */
function lightness(rgba: Uint8Array, at: number): number {
  return (77 * (rgba[at] ?? 0) + 150 * (rgba[at + 1] ?? 0) + 29 * (rgba[at + 2] ?? 0)) >> 8;
}

function grey({ width, height, rgba }: Photo): Photo {
  return painted(width, height, (x, y) => {
    const light = lightness(rgba, (y * width + x) * 4);
    return [light, light, light];
  });
}

function warm({ width, height, rgba }: Photo): Photo {
  return painted(width, height, (x, y) => {
    const at = (y * width + x) * 4;
    const light = lightness(rgba, at);
    const mix = (channel: number, tint: number) =>
      Math.min(255, (3 * (rgba[at + channel] ?? 0) + 2 * light + tint) / 5);
    return [mix(0, 120), mix(1, 60), mix(2, 0)].map(Math.floor) as [number, number, number];
  });
}

/** Pencil: dark where lightness changes. */
function sketch({ width, height, rgba }: Photo): Photo {
  const light = (x: number, y: number) => {
    const column = Math.min(width - 1, Math.max(0, x));
    const row = Math.min(height - 1, Math.max(0, y));
    return lightness(rgba, (row * width + column) * 4);
  };
  return painted(width, height, (x, y) => {
    const across = light(x + 1, y) - light(x - 1, y);
    const down = light(x, y + 1) - light(x, y - 1);
    const ink = Math.min(255, 3 * (Math.abs(across) + Math.abs(down)));
    return [255 - ink, 255 - ink, 250 - Math.min(250, ink)];
  });
}

const DOT = 8;

/** Halftone: dots as large as what they stand for is dark. */
function dots({ width, height, rgba }: Photo): Photo {
  return painted(width, height, (x, y) => {
    const [left, top] = [x - (x % DOT), y - (y % DOT)];
    const centre = [Math.min(width - 1, left + DOT / 2), Math.min(height - 1, top + DOT / 2)];
    const [cx = 0, cy = 0] = centre;
    const at = (cy * width + cx) * 4;
    const dark = 255 - lightness(rgba, at);
    const distance = (x - left - 4) ** 2 + (y - top - 4) ** 2;
    const isInk = distance * 255 < dark * 32;
    return isInk ? [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0] : [250, 247, 240];
  });
}

type Colour = readonly [number, number, number];

function painted(width: number, height: number, colour: (x: number, y: number) => Colour): Photo {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rgba.set([...colour(x, y), 255], (y * width + x) * 4);
  return { width, height, rgba };
}
