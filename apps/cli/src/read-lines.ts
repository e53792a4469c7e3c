import { GridError, LIMITS } from '@manytabs/protocol';

/** A row of input that does not fit a shard could not be sent anyway. */
const LINE_CHARS_MAX = LIMITS.SHARD_BYTES_MAX;

/**
 * The lines of UTF-8 bytes, without their ends and without a byte order mark.
 * @throws {GridError} `input-invalid` for a line over 4 MiB or bytes that are no UTF-8, with its number.
 */
export async function* readLines(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<string> {
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
    for (const text of lines) {
      yield text.endsWith('\r') ? text.slice(0, -1) : text;
      line += 1;
    }
    if (rest.length > LINE_CHARS_MAX) {
      throw new GridError('input-invalid', `${name}:${line}: the line is longer than 4 MiB.`);
    }
  }
  rest += decode();
  if (rest !== '') yield rest;
}
