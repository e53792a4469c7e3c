// A short-read aligner as a command of WASI: `align REFERENCE.fa READS.fq` writes SAM. It looks reads up by ten letters at
// a time and counts mismatches where they are found; without gaps, as reads of Illumina's kind have next to none.

@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: u32, iovs: usize, count: u32, written: usize): u32;
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: u32, iovs: usize, count: u32, got: usize): u32;
@external("wasi_snapshot_preview1", "fd_seek")
declare function fd_seek(fd: u32, offset: i64, whence: u32, at: usize): u32;
@external("wasi_snapshot_preview1", "path_open")
declare function path_open(dir: u32, flags: u32, path: usize, length: u32, oflags: u32, rights: u64, more: u64, fdflags: u32, fd: usize): u32;
@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, bytes: usize): u32;
@external("wasi_snapshot_preview1", "args_get")
declare function args_get(argv: usize, buffer: usize): u32;
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: u32): void;

const ROOT: u32 = 3;
const SEEK_SET: u32 = 0;
const SEEK_END: u32 = 2;
const STDOUT: u32 = 1;
const STDERR: u32 = 2;
const NEWLINE: u8 = 10;
const TAB: u8 = 9;

/** Letters of a seed. */
const SEED: i32 = 10;
const SEEDS: i32 = 1 << (2 * SEED);
/** A read with more is somewhere else, or of something else. */
const MISMATCHES_MAX: i32 = 8;
const READ_MAX: i32 = 1000;
const UNKNOWN: u8 = 4;
const NOWHERE: i32 = -1;

const iov = memory.data(16);
const word = memory.data(16);

// Bytes of a file, and where they end.
let fileAt: usize = 0;
let fileEnd: usize = 0;

let genome: usize = 0;
let genomeLength: i32 = 0;
let head: usize = 0;
let next: usize = 0;
let stamps: usize = 0;
let stamp: i32 = 0;

const forward = memory.data(1000);
const backward = memory.data(1000);

let best: i32 = 0;
let ties: i32 = 0;
let place: i32 = NOWHERE;
let isReverse: bool = false;

let out: usize = 0;
let outLength: i32 = 0;
const OUT_BYTES: i32 = 1 << 16;

export function _start(): void {
  args_sizes_get(word, word + 4);
  const count = load<u32>(word);
  const argv = heap.alloc(count * 4);
  args_get(argv, heap.alloc(load<u32>(word + 4)));
  if (count < 3) fail("usage: align REFERENCE.fa READS.fq\n");
  out = heap.alloc(OUT_BYTES);
  readFile(load<u32>(argv + 4));
  indexGenome();
  readFile(load<u32>(argv + (count - 1) * 4));
  writeText("@SQ\tSN:lambda\tLN:");
  writeNumber(genomeLength);
  writeByte(NEWLINE);
  while (fileAt < fileEnd) alignNext();
  flush();
}

function fail(why: string): void {
  writeOut(STDERR, why);
  proc_exit(2);
}

function writeOut(fd: u32, text: string): void {
  const bytes = String.UTF8.encode(text);
  store<u32>(iov, changetype<usize>(bytes));
  store<u32>(iov + 4, bytes.byteLength);
  fd_write(fd, iov, 1, word);
}

function readFile(name: usize): void {
  let path = name;
  while (load<u8>(path) == 47) path++;
  let length: u32 = 0;
  while (load<u8>(path + length) != 0) length++;
  if (path_open(ROOT, 0, path, length, 0, -1, -1, 0, word) != 0) fail("align: a file cannot be opened\n");
  const fd = load<u32>(word);
  fd_seek(fd, 0, SEEK_END, word);
  const size = load<u32>(word);
  fd_seek(fd, 0, SEEK_SET, word);
  fileAt = heap.alloc(size + 1);
  fileEnd = fileAt;
  while (fileEnd < fileAt + size) {
    store<u32>(iov, fileEnd);
    store<u32>(iov + 4, fileAt + size - fileEnd);
    if (fd_read(fd, iov, 1, word) != 0 || load<u32>(word) == 0) break;
    fileEnd += load<u32>(word);
  }
}

/** The end of the line that begins at `fileAt`. */
function lineEnd(): usize {
  let at = fileAt;
  while (at < fileEnd && load<u8>(at) != NEWLINE) at++;
  return at;
}

function skipLine(): void {
  fileAt = lineEnd() + 1;
}

function codeOf(letter: u8): u8 {
  if (letter == 65 || letter == 97) return 0;
  if (letter == 67 || letter == 99) return 1;
  if (letter == 71 || letter == 103) return 2;
  return letter == 84 || letter == 116 ? 3 : UNKNOWN;
}

/** The genome as codes, and for each seed the places where it is, last one first. */
function indexGenome(): void {
  skipLine();
  genome = heap.alloc(fileEnd - fileAt);
  for (; fileAt < fileEnd; fileAt++) {
    const letter = load<u8>(fileAt);
    if (letter > 32) store<u8>(genome + genomeLength++, codeOf(letter));
  }
  head = heap.alloc(SEEDS * 4);
  next = heap.alloc(genomeLength * 4);
  stamps = heap.alloc(genomeLength * 4);
  memory.fill(head, 0xff, SEEDS * 4);
  memory.fill(stamps, 0, genomeLength * 4);
  for (let at = 0; at + SEED <= genomeLength; at++) {
    const seed = seedAt(genome + at);
    if (seed < 0) continue;
    store<i32>(next + at * 4, load<i32>(head + seed * 4));
    store<i32>(head + seed * 4, at);
  }
}

/** Two bits a letter; negative where one is unknown. */
function seedAt(codes: usize): i32 {
  let seed = 0;
  for (let i = 0; i < SEED; i++) {
    const code = load<u8>(codes + i);
    if (code == UNKNOWN) return -1;
    seed = (seed << 2) | code;
  }
  return seed;
}

/** One record of FASTQ: its name, letters, a plus sign, qualities. */
function alignNext(): void {
  const name = fileAt + 1;
  const nameEnd = wordEnd(name, lineEnd());
  skipLine();
  if (fileAt >= fileEnd) return;
  const length = i32(min(lineEnd() - fileAt, READ_MAX));
  for (let i = 0; i < length; i++) {
    const code = codeOf(load<u8>(fileAt + i));
    store<u8>(forward + i, code);
    store<u8>(backward + length - 1 - i, code == UNKNOWN ? UNKNOWN : 3 - code);
  }
  skipLine();
  skipLine();
  skipLine();
  best = MISMATCHES_MAX + 1;
  ties = 0;
  place = NOWHERE;
  look(forward, length, false);
  look(backward, length, true);
  writeRecord(name, nameEnd, length);
}

function wordEnd(from: usize, end: usize): usize {
  let at = from;
  while (at < end && load<u8>(at) > 32) at++;
  return at;
}

function look(read: usize, length: i32, reverse: bool): void {
  stamp++;
  for (let offset = 0; offset + SEED <= length; offset += SEED) {
    const seed = seedAt(read + offset);
    if (seed < 0) continue;
    for (let at = load<i32>(head + seed * 4); at >= 0; at = load<i32>(next + at * 4)) {
      const start = at - offset;
      if (start < 0 || start + length > genomeLength) continue;
      if (load<i32>(stamps + start * 4) == stamp) continue;
      store<i32>(stamps + start * 4, stamp);
      compare(read, length, start, reverse);
    }
  }
}

/** Of equally good places the first one is told. */
function compare(read: usize, length: i32, start: i32, reverse: bool): void {
  let mismatches = 0;
  for (let i = 0; i < length && mismatches <= best; i++)
    if (load<u8>(read + i) != load<u8>(genome + start + i)) mismatches++;
  if (mismatches > best || mismatches > MISMATCHES_MAX) return;
  ties = mismatches == best ? ties + 1 : 0;
  if (mismatches == best && (reverse != isReverse || start > place)) return;
  best = mismatches;
  place = start;
  isReverse = reverse;
}

function writeRecord(name: usize, nameEnd: usize, length: i32): void {
  const isFound = place != NOWHERE;
  for (let at = name; at < nameEnd; at++) writeByte(load<u8>(at));
  writeByte(TAB);
  writeNumber(isFound ? (isReverse ? 16 : 0) : 4);
  if (!isFound) return writeText("\t*\t0\t0\t*\t*\t0\t0\t*\t*\n");
  writeText("\tlambda\t");
  writeNumber(place + 1);
  writeByte(TAB);
  writeNumber(ties == 0 ? 60 : 0);
  writeByte(TAB);
  writeNumber(length);
  writeText("M\t*\t0\t0\t*\t*\tNM:i:");
  writeNumber(best);
  writeByte(NEWLINE);
}

function writeText(text: string): void {
  for (let i = 0; i < text.length; i++) writeByte(u8(text.charCodeAt(i)));
}

function writeNumber(number: i32): void {
  if (number >= 10) writeNumber(number / 10);
  writeByte(u8(48 + (number % 10)));
}

function writeByte(byte: u8): void {
  store<u8>(out + outLength++, byte);
  if (outLength == OUT_BYTES) flush();
}

function flush(): void {
  store<u32>(iov, out);
  store<u32>(iov + 4, outLength);
  fd_write(STDOUT, iov, 1, word);
  outLength = 0;
}
