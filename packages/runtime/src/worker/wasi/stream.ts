import { Fd, wasi } from '@bjorn3/browser_wasi_shim';
import { GridError } from '@manytabs/protocol';

/** Stdout or stderr: keeps what is written, as much as a result may hold. */
export class Stream extends Fd {
  readonly #bytesMax: number;
  readonly #hear: ((bytes: Uint8Array) => void) | undefined;
  #bytes = new Uint8Array(256);
  #length = 0;

  constructor(bytesMax: number, hear?: (bytes: Uint8Array) => void) {
    super();
    this.#bytesMax = bytesMax;
    this.#hear = hear;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** @throws {GridError} `output-too-large`, out of the program, which has no more to say. */
  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    this.#hear?.(data);
    const length = this.#length + data.length;
    if (length > this.#bytesMax)
      throw new GridError('output-too-large', `The program wrote over ${this.#bytesMax} bytes.`);
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(data, this.#length);
    this.#length = length;
    return { ret: wasi.ERRNO_SUCCESS, nwritten: data.length };
  }

  override fd_fdstat_get(): { ret: number; fdstat: wasi.Fdstat | null } {
    const fdstat = new wasi.Fdstat(wasi.FILETYPE_CHARACTER_DEVICE, 0);
    fdstat.fs_rights_base = BigInt(wasi.RIGHTS_FD_WRITE);
    return { ret: wasi.ERRNO_SUCCESS, fdstat };
  }

  override fd_filestat_get(): { ret: number; filestat: wasi.Filestat | null } {
    const filestat = new wasi.Filestat(0n, wasi.FILETYPE_CHARACTER_DEVICE, 0n);
    return { ret: wasi.ERRNO_SUCCESS, filestat };
  }

  #grow(length: number): void {
    const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    grown.set(this.bytes);
    this.#bytes = grown;
  }
}

/** Tells text line by line, however it is cut. */
export class Lines {
  readonly #tell: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  add(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#tell(line);
  }

  end(): void {
    if (this.#rest !== '') this.#tell(this.#rest);
    this.#rest = '';
  }
}
