import { paintCoverage } from './paint.ts';
import { GENOME_LENGTH } from './reads.ts';

/** What the aligner left of one part. */
interface Aligned {
  readonly code: number;
  readonly stdout: string | { readonly base64: string };
}

/** How often each base of the genome was read, with the picture of it. */
export interface Coverage {
  /** Reads that were found, of those the ones found where they are from, found elsewhere, and found nowhere. */
  readonly mapped: number;
  readonly right: number;
  readonly wrong: number;
  readonly unmapped: number;
  /** Stretches that no read covers: first base and last, counted from one. */
  readonly gaps: readonly (readonly [number, number])[];
  readonly mean: number;
  /** Of every base, two bytes each, the smaller first. */
  readonly depth: Uint8Array;
  readonly x: 0;
  readonly y: 0;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Merges what was aligned in parts: lists of results, nested as they come. */
export default function coverage(parts: readonly unknown[]): Coverage {
  const texts = (parts.flat(2) as Aligned[]).map(textOf);
  const tally = new Tally();
  for (const text of texts) for (const line of text.split('\n')) tally.take(line);
  const { mapped, right, wrong, unmapped, depth } = tally;
  const sum = depth.reduce((a, b) => a + b, 0);
  return {
    ...{ mapped, right, wrong, unmapped },
    gaps: gapsOf(depth),
    mean: Math.round((100 * sum) / GENOME_LENGTH) / 100,
    depth: new Uint8Array(depth.buffer),
    ...paintCoverage(depth),
  };
}

function textOf({ code, stdout }: Aligned): string {
  if (code === 0 && typeof stdout === 'string') return stdout;
  throw new Error(`The aligner ended with code ${code}.`);
}

/** Columns of SAM. */
const [NAME, FLAG, PLACE, CIGAR] = [0, 1, 3, 5];
const UNMAPPED = '4';

class Tally {
  readonly depth = new Uint16Array(GENOME_LENGTH);
  mapped = 0;
  right = 0;
  wrong = 0;
  unmapped = 0;

  take(line: string): void {
    if (line === '' || line.startsWith('@')) return;
    const columns = line.split('\t');
    if (columns[FLAG] === UNMAPPED) this.unmapped++;
    else this.#add(columns);
  }

  #add(columns: readonly string[]): void {
    const place = Number(columns[PLACE]);
    const length = Number.parseInt(columns[CIGAR] ?? '', 10);
    for (let base = place - 1; base < place - 1 + length; base++)
      this.depth[base] = (this.depth[base] ?? 0) + 1;
    this.mapped++;
    // Reads that were made up say in their name where they are from.
    if (columns[NAME]?.split('_')[1] === String(place)) this.right++;
    else this.wrong++;
  }
}

function gapsOf(depth: Uint16Array): [number, number][] {
  const gaps: [number, number][] = [];
  let from = -1;
  for (let base = 0; base <= depth.length; base++) {
    const isBare = depth[base] === 0;
    if (isBare && from < 0) from = base;
    if (isBare || from < 0) continue;
    gaps.push([from + 1, base]);
    from = -1;
  }
  return gaps;
}
