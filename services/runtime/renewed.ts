import { AuthoritiesError } from './authorities.ts';
import { SecretError } from './secrets.ts';

/** A client of a library, and what it is made of. */
export interface RenewedOptions<K, T> {
  /** What is read from files now. @throws {SecretError | AuthoritiesError} when a file is gone at this moment */
  readonly read: () => K;
  readonly make: (read: K) => T;
  /** Ends a client that is replaced, or the last one. */
  readonly close: (client: T) => Promise<unknown>;
}

/**
 * A client that takes password and authorities once is made anew when they have changed in their files, so that none
 * needs a restart when they are rotated. It is asked for before each use.
 */
export class Renewed<K, T> {
  readonly #options: RenewedOptions<K, T>;
  #made: { readonly of: string; readonly client: T } | undefined;

  constructor(options: RenewedOptions<K, T>) {
    this.#options = options;
  }

  /**
   * The client for what the files hold now; while one of them is gone, the client for what they held.
   * @throws what `read` throws before the first client is made
   */
  current(): T {
    const read = this.#read();
    const of = JSON.stringify(read);
    const made = this.#made;
    if (made !== undefined && (read === undefined || made.of === of)) return made.client;
    const client = this.#options.make(read as K);
    void this.close();
    this.#made = { of, client };
    return client;
  }

  /** Closes the client; its failure to close changes nothing. */
  async close(): Promise<void> {
    const made = this.#made;
    this.#made = undefined;
    if (made !== undefined) await this.#options.close(made.client).catch(() => {});
  }

  #read(): K | undefined {
    try {
      return this.#options.read();
    } catch (error) {
      const gone = error instanceof SecretError || error instanceof AuthoritiesError;
      if (gone && this.#made !== undefined) return undefined;
      throw error;
    }
  }
}
