import type { MosaicView, Tile } from '@manytabs/protocol';
import type { DonationJob, DonationPicture } from 'manytabs/volunteer';
import { canvasSize, FIELD, fieldSquare, isDrawable } from './picture-plan.ts';
import { say } from './words/page-speaker.ts';

export type TilePlacer = (view: MosaicView, index: number, value: unknown) => Tile | undefined;

/** `mosaic`: tiles of a result. `preview`: a running task's own picture. `field`: one square a result. */
type Kind = 'none' | 'mosaic' | 'preview' | 'field';

/** Draws what this volunteer computes on a canvas that keeps the picture's shape. */
export class Picture {
  readonly #canvas: HTMLCanvasElement;
  readonly #caption: HTMLElement;
  readonly #scratch = document.createElement('canvas');
  #job: DonationJob | undefined;
  #kind: Kind = 'none';
  #scale = 1;
  /** Tasks done that the field shows already. */
  #lit = 0;

  constructor(canvas: HTMLCanvasElement, caption: HTMLElement) {
    this.#canvas = canvas;
    this.#caption = caption;
  }

  /** Makes ready for a job's picture; where it has none, shows `tasksDone` as a field of squares. */
  showJob(job: DonationJob | undefined, tasksDone: number): void {
    if (job !== undefined && job.jobId !== this.#job?.jobId) this.#open(job);
    if (this.#kind === 'field') this.#light(tasksDone);
    this.#lit = tasksDone;
  }

  show(picture: DonationPicture, placeTile: TilePlacer): void {
    if (picture.jobId !== this.#job?.jobId) return;
    const view = this.#job.view;
    if (view === undefined && picture.kind === 'preview') this.#drawPreview(picture.image);
    if (view === undefined || picture.kind === 'preview') return;
    this.#drawTile(placeTile(view, picture.index, picture.value));
  }

  #open(job: DonationJob): void {
    this.#job = job;
    if (job.view !== undefined) this.#prepare('mosaic', job.view);
    else this.#prepare('field', { width: FIELD.columns * 20, height: FIELD.rows * 20 });
  }

  #drawTile(tile: Tile | undefined): void {
    if (tile === undefined || !isDrawable(tile)) return;
    const scale = this.#scale;
    // Edges are rounded outwards, so that scaled neighbours leave no seam.
    const left = Math.floor(tile.x * scale);
    const top = Math.floor(tile.y * scale);
    const right = Math.ceil((tile.x + tile.width) * scale);
    const bottom = Math.ceil((tile.y + tile.height) * scale);
    this.#fillScratch(tile);
    this.#context()?.drawImage(this.#scratch, left, top, right - left, bottom - top);
  }

  #drawPreview(image: { width: number; height: number; rgba: Uint8Array }): void {
    if (!isDrawable(image)) return;
    this.#prepare('preview', image);
    this.#fillScratch(image);
    this.#context()?.drawImage(this.#scratch, 0, 0, this.#canvas.width, this.#canvas.height);
  }

  #light(tasksDone: number): void {
    const squares = FIELD.columns * FIELD.rows;
    for (let task = Math.max(this.#lit, tasksDone - squares); task < tasksDone; task++) {
      this.#lightSquare(task);
    }
  }

  #lightSquare(task: number): void {
    const context = this.#context();
    if (context === null) return;
    const { column, row, round } = fieldSquare(task);
    const side = this.#canvas.width / FIELD.columns;
    context.fillStyle = `hsl(${165 + ((round * 40) % 360)} 45% ${40 + (task % 4) * 5}%)`;
    context.fillRect(column * side + 1, row * side + 1, side - 2, side - 2);
  }

  #prepare(kind: Kind, picture: { readonly width: number; readonly height: number }): void {
    const size = canvasSize(picture);
    this.#scale = size.scale;
    const fits = this.#canvas.width === size.width && this.#canvas.height === size.height;
    if (kind === 'preview' && this.#kind === kind && fits) return;
    this.#kind = kind;
    // Setting a size clears the canvas, too.
    this.#canvas.width = size.width;
    this.#canvas.height = size.height;
    this.#caption.textContent = kind === 'none' ? '' : say(`caption.${kind}`);
  }

  #fillScratch(image: { width: number; height: number; rgba: ArrayLike<number> }): void {
    this.#scratch.width = image.width;
    this.#scratch.height = image.height;
    const data = new ImageData(new Uint8ClampedArray(image.rgba), image.width, image.height);
    this.#scratch.getContext('2d')?.putImageData(data, 0, 0);
  }

  #context(): CanvasRenderingContext2D | null {
    return this.#canvas.getContext('2d');
  }
}
