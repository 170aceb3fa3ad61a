// biome-ignore lint/style/noRestrictedImports: the file is a log that grows, no secret
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

/** What is read at once; of a log that grew by more, the rest is read at the next call. */
const CHUNK_BYTES = 1024 * 1024;
/** A line without an end does not fill the memory. */
const LONGEST_LINE = 64 * 1024;

/** Follows a file of lines that others append to; a file that was cut or replaced is read from its beginning. */
export class LogFile {
  readonly #path: string;
  #position = 0;
  #inode = 0;
  #rest = '';
  #decoder = new StringDecoder('utf8');

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that are new since the last call, at most 1 MiB of them. @throws Error where the file cannot be read */
  async lines(): Promise<readonly string[]> {
    const file = await open(this.#path, 'r');
    try {
      const { size, ino } = await file.stat();
      if (ino !== this.#inode || size < this.#position) this.#restart(ino);
      const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, size - this.#position));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#position);
      this.#position += bytesRead;
      return this.#split(this.#decoder.write(buffer.subarray(0, bytesRead)));
    } finally {
      await file.close();
    }
  }

  #split(text: string): string[] {
    const lines = `${this.#rest}${text}`.split('\n');
    const rest = lines.pop() ?? '';
    this.#rest = rest.length > LONGEST_LINE ? '' : rest;
    return lines.filter(({ length }) => length > 0 && length <= LONGEST_LINE);
  }

  #restart(inode: number): void {
    this.#inode = inode;
    this.#position = 0;
    this.#rest = '';
    this.#decoder = new StringDecoder('utf8');
  }
}
