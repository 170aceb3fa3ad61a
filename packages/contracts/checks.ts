import { FaultsError } from '@sluice/policy';

/** What the caller asked for cannot be: every fault at once, one line each. */
export class ConfigurationError extends FaultsError {
  override readonly name = 'ConfigurationError';

  constructor(command: string, faults: readonly string[]) {
    super(`sluice ${command}`, faults);
    this.message = faults.map((fault) => `sluice ${command}: ${fault}`).join('\n');
  }
}

/** A construct that was asked for something that cannot work. */
export class ChartError extends FaultsError {
  override readonly name = 'ChartError';
}

const MAX_INT32 = 2 ** 31 - 1;

/**
 * Collects what is wrong with a construct's props; a fault names the property, its value and the
 * constraint: `'stopDeadlineSeconds' (3) must be at least 'longestJobSeconds' (5)`. Props are typed, so there is no path
 * to walk and no form to check, which is what `Checker` of the policies does with data from files.
 */
export class Checks {
  readonly #subject: string;
  readonly #faults: string[] = [];

  /** @param subject What is checked, for example `QueueWorker 'consumer'`. */
  constructor(subject: string) {
    this.#subject = subject;
  }

  /** Notes the fault unless the constraint holds. */
  that(holds: boolean, fault: string): this {
    if (!holds) this.#faults.push(fault);
    return this;
  }

  /** A name the API server takes for an object and DNS for a host. */
  dnsLabel(property: string, value: string): this {
    const holds = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value);
    return this.that(holds, `'${property}' (${value}) must be a DNS label: a-z, 0-9 and -, at most 63`);
  }

  /** A name that a browser can ask for: of at least two labels. */
  hostName(property: string, value: string): this {
    const labels = value.split('.');
    const holds =
      labels.length > 1 && labels.every((label) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(label));
    return this.that(holds, `'${property}' (${value}) must be a host name of at least two labels`);
  }

  /** A tag or a digest: what runs today must be what runs after the next restart. */
  pinnedImage(property: string, value: string): this {
    const pinned = /(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(value) && !/:latest(@|$)/.test(value);
    return this.that(
      pinned,
      `'${property}' (${value}) must be pinned by a tag other than latest or a digest`,
    );
  }

  wholeNumber(property: string, value: number, min: number): this {
    // Kubernetes holds counts, seconds and ports in 32 bits.
    this.that(!(value > MAX_INT32), `'${property}' (${value}) must be at most ${MAX_INT32}`);
    const holds = Number.isInteger(value) && value >= min;
    return this.that(holds, `'${property}' (${value}) must be a whole number of at least ${min}`);
  }

  /** Passes on what nested checks found. */
  from(run: () => void): this {
    try {
      run();
    } catch (error) {
      if (!(error instanceof FaultsError)) throw error;
      this.#faults.push(...error.faults);
    }
    return this;
  }

  /** What was found wrong so far: for who throws later, with more. */
  get faults(): readonly string[] {
    return [...this.#faults];
  }

  /** @throws {ChartError} with every fault, if there is one. */
  done(): void {
    if (this.#faults.length > 0) throw new ChartError(this.#subject, this.#faults);
  }
}
