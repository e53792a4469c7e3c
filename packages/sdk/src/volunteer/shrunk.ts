/** Pixels of red, green, blue and opacity, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** The picture with no more than so many pixels, each one of those it stands for. */
export function shrunk(picture: Picture, pixelsMax: number): Picture {
  const { width, height, rgba } = picture;
  if (width * height <= pixelsMax) return picture;
  const scale = Math.sqrt(pixelsMax / (width * height));
  const [across, down] = [width, height].map((side) => Math.max(1, Math.floor(side * scale)));
  return across === undefined || down === undefined
    ? picture
    : sampled({ width, height, rgba }, Math.min(across, pixelsMax), Math.min(down, pixelsMax));
}

function sampled(from: Picture, width: number, height: number): Picture {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const column = Math.floor((x * from.width) / width);
      const at = (Math.floor((y * from.height) / height) * from.width + column) * 4;
      rgba.set(from.rgba.subarray(at, at + 4), (y * width + x) * 4);
    }
  return { width, height, rgba };
}
