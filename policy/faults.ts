/** Base of every error here that answers for a whole input: it lists all faults, not the first. */
export abstract class FaultsError extends Error {
  readonly faults: readonly string[];

  constructor(subject: string, faults: readonly string[]) {
    super(`${subject}: ${faults.join('; ')}`);
    this.faults = faults;
  }
}

/** A policy that cannot be followed. */
export class PolicyError extends FaultsError {
  override readonly name = 'PolicyError';

  constructor(faults: readonly string[]) {
    super('Invalid policy', faults);
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** The numbers that a field may have. */
export interface Range {
  readonly min?: number;
  /** The value itself is not allowed. */
  readonly above?: number;
  readonly max?: number;
  /** Like `max`, for a bound so high that only the error of a value above it names it. */
  readonly limit?: number;
}

/**
 * Collects faults while data is walked. A fault names the property by its path, its value and the
 * constraint: `'policy.minReplicas' (11) must not exceed 'policy.maxReplicas' (10)`. It walks data of any form, where
 * `Checks` of the contracts looks at typed props and ends with an error of its own that names the subject.
 */
export class Checker {
  readonly faults: string[];
  readonly #path: string;

  constructor(faults: string[] = [], path = '') {
    this.faults = faults;
    this.#path = path;
  }

  /** The same list of faults, one level deeper. */
  at(key: string | number): Checker {
    return new Checker(this.faults, this.path(key));
  }

  path(key: string | number): string {
    if (typeof key === 'number') return `${this.#path}[${key}]`;
    const name = cut(withoutCredentials(key));
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  fault(key: string | number, value: unknown, constraint: string): void {
    this.faults.push(`'${this.path(key)}' (${show(value)}) ${constraint}`);
  }

  /** The record at `key`, or undefined after one fault. */
  record(data: Fields, key: string): Fields | undefined {
    const value = data[key];
    if (isRecord(value)) return value;
    this.fault(key, value, 'must be an object');
    return undefined;
  }

  list(data: Fields, key: string): readonly unknown[] {
    const value = data[key];
    if (Array.isArray(value)) return value;
    this.fault(key, value, 'must be a list');
    return [];
  }

  /** The value of an unknown key is not repeated: it may be a secret in the wrong place. */
  onlyKeys(data: Fields, known: readonly string[]): void {
    for (const key of Object.keys(data)) {
      if (known.includes(key)) continue;
      this.faults.push(`'${this.path(key)}' is not known here (known: ${known.join(', ')})`);
    }
  }

  integer(data: Fields, key: string, range: Range = {}): number | undefined {
    return this.#number(data, key, range, Number.isSafeInteger, 'an integer');
  }

  number(data: Fields, key: string, range: Range = {}): number | undefined {
    return this.#number(data, key, range, Number.isFinite, 'a finite number');
  }

  text(data: Fields, key: string): string | undefined {
    const value = data[key];
    if (typeof value === 'string' && value !== '') return value;
    this.fault(key, value, 'must be a text that is not empty');
    return undefined;
  }

  oneOf(data: Fields, key: string, allowed: readonly string[]): void {
    const value = data[key];
    if (typeof value === 'string' && allowed.includes(value)) return;
    this.fault(key, value, `must be one of ${allowed.join(', ')}`);
  }

  boolean(data: Fields, key: string): void {
    if (typeof data[key] !== 'boolean') this.fault(key, data[key], 'must be true or false');
  }

  /** Faults unless data[low] <= data[high]; silent where either is not a number (that is another fault). */
  ordered(data: Fields, low: string, high: string): void {
    const [small, large] = [data[low], data[high]];
    if (typeof small !== 'number' || typeof large !== 'number' || !(small > large)) return;
    this.fault(low, small, `must not exceed '${this.path(high)}' (${large})`);
  }

  #number(
    data: Fields,
    key: string,
    range: Range,
    isKind: (value: unknown) => boolean,
    kind: string,
  ): number | undefined {
    const value = data[key];
    if (typeof value === 'number' && isKind(value) && within(value, range)) return value;
    this.fault(key, value, `must be ${kind}${describe(range, value)}`);
    return undefined;
  }
}

/** Whether a value is an object with fields, and no list. */
export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const within = (value: number, { min, above, max, limit }: Range): boolean =>
  !(min !== undefined && value < min) &&
  !(above !== undefined && value <= above) &&
  !(max !== undefined && value > max) &&
  !(limit !== undefined && value > limit);

function describe({ min, above, max, limit }: Range, value: unknown): string {
  if (limit !== undefined && Number(value) > limit) return ` of at most ${limit}`;
  return [
    min === undefined ? '' : ` of at least ${min}`,
    above === undefined ? '' : ` above ${above}`,
    max === undefined ? '' : ` of at most ${max}`,
  ].join('');
}

/** The longest part of a text that a fault shows. */
const SHOWN = 80;

/**
 * Values as people write them; numbers that JSON turns into null keep their name. Of a list or an object only what it
 * is: it may be large, nested without an end, or hold a secret in the wrong place.
 */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(withoutCredentials(value)));
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

const cut = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);

/** A text without what may be user, password or query of a URL; also of one that is no URL because of its password. */
function withoutCredentials(text: string): string {
  const at = text.lastIndexOf('@');
  const colon = text.indexOf(':');
  const [scheme = ''] = /^[a-z][a-z\d+.-]*:\/\//i.exec(text) ?? [];
  if (colon >= 0 && colon < at) return `${scheme}***${text.slice(at)}`;
  return text.includes('://') && !BARE_URL.test(text) ? '***' : text;
}

const BARE_URL = /^[a-z][a-z\d+.-]*:\/\/[^:?#]*(:\d+)?(\/[^?#]*)?$/i;
