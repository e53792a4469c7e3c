import { GridError, LIMITS } from '@manytabs/protocol';

/** A row of input that does not fit a shard could not be sent anyway. */
const LINE_CHARS_MAX = LIMITS.SHARD_BYTES_MAX;

/**
 * The lines of UTF-8 bytes, as many at a time as a chunk has, without their ends and without a byte order mark.
 * @throws {GridError} `input-invalid` for a line over 4 MiB or bytes that are no UTF-8, with its number.
 */
export async function* readLines(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let line = 1;
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch (cause) {
      throw new GridError('input-invalid', `${name}:${line}: this is not UTF-8 text.`, { cause });
    }
  };
  for await (const chunk of bytes) {
    const lines = (rest + decode(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield lines.map((text) => (text.endsWith('\r') ? text.slice(0, -1) : text));
    line += lines.length;
    if (rest.length > LINE_CHARS_MAX) {
      throw new GridError('input-invalid', `${name}:${line}: the line is longer than 4 MiB.`);
    }
  }
  rest += decode();
  if (rest !== '') yield [rest];
}

/**
 * Items of batches one by one. One that is there is given at once, so that whoever takes them can tell a pause of the
 * source from the next item.
 */
export function flatten<Item>(
  batches: AsyncIterable<readonly Item[]>,
): AsyncIterableIterator<Item, undefined> {
  const source = batches[Symbol.asyncIterator]();
  let batch: Iterator<Item> = [][Symbol.iterator]();
  const next = (): Promise<IteratorResult<Item, undefined>> => {
    const { done, value } = batch.next();
    return done ? refill() : Promise.resolve({ done: false, value });
  };
  const refill = async (): Promise<IteratorResult<Item, undefined>> => {
    const { done, value } = await source.next();
    if (done) return { done: true, value: undefined };
    batch = value[Symbol.iterator]();
    return next();
  };
  return {
    next,
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
