/** What a task on a file of the grid is given. */
interface Context {
  readonly args: { readonly parts: number };
  readonly files: {
    read(path: string): Promise<Uint8Array>;
    write(path: string, bytes: Uint8Array): Promise<void>;
  };
}

const NEWLINE = 10;
const LINES_OF_RECORD = 4;

/** Writes a file of FASTQ as so many files, each of whole records; gives how many records each has. */
export default async function split(
  { path }: { path: string },
  { args, files }: Context,
): Promise<number[]> {
  const bytes = await files.read(path);
  const ends = endsOfRecords(bytes);
  const counts: number[] = [];
  for (let part = 0; part < args.parts; part++) {
    const [first, last] = [part, part + 1].map((n) => Math.floor((n * ends.length) / args.parts));
    if (first === undefined || last === undefined) continue;
    const piece = bytes.subarray(ends[first - 1] ?? 0, ends[last - 1] ?? 0);
    await files.write(`part-${String(part).padStart(3, '0')}.fq`, piece);
    counts.push(last - first);
  }
  return counts;
}

function endsOfRecords(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1))
    if (++lines % LINES_OF_RECORD === 0) ends.push(at + 1);
  return ends;
}
