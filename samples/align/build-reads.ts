import { Prng } from '@manytabs/protocol';
import { READ_LENGTH } from './reads.ts';

const READS = 8_000;
const ERROR_RATE = 0.01;
/** Of reads of something else. */
const STRANGE_RATE = 0.02;
/** What the virus that is sequenced lacks, from the first base that is missing on: as in the mutant nin5. */
const DELETION = { from: 40_500, bases: 2_806 };
const LETTERS = 'ACGT';
const COMPLEMENT: Readonly<Record<string, string>> = { A: 'T', C: 'G', G: 'C', T: 'A' };

/**
 * What a sequencer would read of a phage lambda that lacks a piece of its genome, as FASTQ. Each name says where the read
 * is from. The same bytes every time.
 */
export function buildReads(fasta: string): Uint8Array<ArrayBuffer> {
  const genome = fasta.split('\n').slice(1).join('');
  const { from, bases } = DELETION;
  const mutant = genome.slice(0, from) + genome.slice(from + bases);
  const draws = new Prng(1, 'reads');
  const records = Array.from({ length: READS }, (_, i) => record(i, mutant, draws));
  return new TextEncoder().encode(records.join(''));
}

function record(number: number, mutant: string, draws: Prng): string {
  const { name, letters } =
    draws.float() < STRANGE_RATE ? strange(number, draws) : genuine(number, mutant, draws);
  return `@${name}\n${letters}\n+\n${'I'.repeat(READ_LENGTH)}\n`;
}

function strange(number: number, draws: Prng) {
  const letters = Array.from({ length: READ_LENGTH }, () => LETTERS[below(draws, 4)]);
  return { name: `r${number}_none`, letters: letters.join('') };
}

function genuine(number: number, mutant: string, draws: Prng) {
  const at = below(draws, mutant.length - READ_LENGTH + 1);
  const isReverse = draws.float() < 0.5;
  const there = mutant.slice(at, at + READ_LENGTH);
  const read = isReverse ? [...there].reverse().map((letter) => COMPLEMENT[letter]) : [...there];
  const letters = read.map((letter) =>
    draws.float() < ERROR_RATE ? LETTERS[below(draws, 4)] : letter,
  );
  return { name: `r${number}_${placeOf(at)}_${isReverse ? 'r' : 'f'}`, letters: letters.join('') };
}

/** On the whole genome, counted from one; a read over the gap is of neither side. */
function placeOf(at: number): number | 'gap' {
  const { from, bases } = DELETION;
  if (at + READ_LENGTH <= from) return at + 1;
  return at >= from ? at + bases + 1 : 'gap';
}

function below(draws: Prng, count: number): number {
  return Math.floor(draws.float() * count);
}
