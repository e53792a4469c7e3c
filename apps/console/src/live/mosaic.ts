import { type JobView, placeTile } from '@manytabs/protocol';

/** Wider or higher pictures are drawn smaller. */
const SIDE_MAX = 4_096;

/** Draws the tiles of a job into one canvas that outlives the components that show it. */
export class Mosaic {
  readonly canvas: HTMLCanvasElement;
  readonly #view: NonNullable<JobView['view']>;
  readonly #scale: number;
  readonly #context: CanvasRenderingContext2D | null;
  #drawn = 0;

  constructor(view: NonNullable<JobView['view']>) {
    this.#view = view;
    this.#scale = Math.min(1, SIDE_MAX / Math.max(view.width, view.height));
    this.canvas = document.createElement('canvas');
    this.canvas.width = Math.max(1, Math.round(view.width * this.#scale));
    this.canvas.height = Math.max(1, Math.round(view.height * this.#scale));
    this.#context = this.canvas.getContext('2d');
  }

  /** Tiles drawn so far. */
  get drawn(): number {
    return this.#drawn;
  }

  /** Draws the tile a result holds; a result that is no tile is left out. */
  draw(index: number, value: unknown): void {
    const tile = placeTile(this.#view, index, value);
    if (!tile || !this.#context) return;
    const pixels = new ImageData(new Uint8ClampedArray(tile.rgba), tile.width, tile.height);
    if (this.#scale === 1) this.#context.putImageData(pixels, tile.x, tile.y);
    else this.#drawScaled(pixels, tile.x, tile.y);
    this.#drawn++;
  }

  toPng(): Promise<Blob | null> {
    return new Promise((resolve) => this.canvas.toBlob(resolve, 'image/png'));
  }

  #drawScaled(pixels: ImageData, x: number, y: number): void {
    const scratch = document.createElement('canvas');
    scratch.width = pixels.width;
    scratch.height = pixels.height;
    scratch.getContext('2d')?.putImageData(pixels, 0, 0);
    const scale = this.#scale;
    const [width, height] = [pixels.width * scale, pixels.height * scale];
    this.#context?.drawImage(scratch, x * scale, y * scale, width, height);
  }
}
