import { type ParseArgsConfig, parseArgs } from 'node:util';
import { durationRule, parseDuration } from '../packages/contracts/duration.ts';
import { ConfigurationError } from '../packages/contracts/errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** node:util's parseArgs, whose complaint becomes a fault of the command instead of a stack trace. */
export function parseOptions<T extends Options>(
  command: string,
  args: string[],
  options: T,
  positionals = false,
) {
  try {
    return parseArgs({ args, options, allowPositionals: positionals });
  } catch (error) {
    throw new ConfigurationError(command, [error instanceof Error ? error.message : String(error)]);
  }
}

/** Reads option values and collects every fault, so that all are told at once. */
export class OptionReader {
  readonly #command: string;
  readonly #faults: string[] = [];

  constructor(command: string) {
    this.#command = command;
  }

  count(name: string, text: string | undefined, otherwise: number): number {
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1)
      this.fault(`'--${name}' (${text}) must be a whole number >= 1`);
    return value;
  }

  /** Seconds. */
  duration(name: string, text: string | undefined): number | undefined {
    const seconds = text === undefined ? undefined : parseDuration(text);
    if (text !== undefined && seconds === undefined) this.fault(`'--${name}' (${text}) ${durationRule}`);
    return seconds;
  }

  oneOf(name: string, value: string, allowed: readonly string[]): void {
    if (!allowed.includes(value)) this.fault(`'--${name}' (${value}) must be one of: ${allowed.join(', ')}`);
  }

  fault(text: string): void {
    this.#faults.push(text);
  }

  /** @throws ConfigurationError naming every fault found so far. */
  check(): void {
    if (this.#faults.length > 0) throw new ConfigurationError(this.#command, this.#faults);
  }
}
