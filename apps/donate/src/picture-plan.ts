export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The longer side of the canvas: enough for one column on a dense screen, and 4 MB at most. */
export const CANVAS_SIDE_MAX = 1024;

/** The canvas for a picture: its shape, never larger than it, at most CANVAS_SIDE_MAX long. */
export function canvasSize(picture: Size): Size & { readonly scale: number } {
  const scale = Math.min(1, CANVAS_SIDE_MAX / Math.max(picture.width, picture.height));
  return {
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
    scale,
  };
}

/** Whether pixels are what their size says, and few enough to draw. Results are made by strangers' code. */
export function isDrawable(image: Size & { readonly rgba: { readonly length: number } }): boolean {
  const { width, height, rgba } = image;
  return (
    Number.isInteger(width) &&
    Number.isInteger(height) &&
    width > 0 &&
    height > 0 &&
    width <= 4096 &&
    height <= 4096 &&
    rgba.length === width * height * 4
  );
}

/** For jobs without a picture: a field of squares, one lit by each task; when all are lit, a new round begins. */
export const FIELD = { columns: 32, rows: 18 } as const;

/** Odd and no divisor of the number of squares, so that its multiples visit every square once a round. */
const STRIDE = 247;

export interface FieldSquare {
  readonly column: number;
  readonly row: number;
  readonly round: number;
}

export function fieldSquare(task: number): FieldSquare {
  const squares = FIELD.columns * FIELD.rows;
  const square = ((task % squares) * STRIDE) % squares;
  return {
    column: square % FIELD.columns,
    row: Math.floor(square / FIELD.columns),
    round: Math.floor(task / squares),
  };
}
