import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigurationError } from '../packages/contracts/checks.ts';
import { durationRule, parseDuration, parseInstant } from '../packages/contracts/instant.ts';

/** More than this many edits away, a name is another word and no slip. */
const MOST_EDITS = 3;

/**
 * The known name that a misspelt one most likely means.
 * @returns undefined where none is within three edits, and within a third of its letters
 * @see https://en.wikipedia.org/wiki/Levenshtein_distance
 */
export function closestTo(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((each) => ({ each, edits: editsBetween(name, each) }))
    .filter(({ each, edits }) => edits <= Math.min(MOST_EDITS, each.length / 3))
    .sort((left, right) => left.edits - right.edits);
  return nearest?.each;
}

/** Insertions, deletions and substitutions, one row of the table after the other. */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= right.length; column += 1) {
      const [above = 0, corner = 0, before = 0] = [row[column], row[column - 1], next[column - 1]];
      next.push(Math.min(above + 1, before + 1, corner + Number(letter !== right[column - 1])));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

type Options = NonNullable<ParseArgsConfig['options']>;
type Token = NonNullable<ReturnType<typeof tokensOf>>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

/**
 * Reads options by node:util's parseArgs, with every fault of the command line reported at once, in Sluice's own sentences.
 * @param positionals Whether the command takes arguments beside its options
 * @throws {ConfigurationError} naming each unknown option, missing value and argument that nothing takes
 */
export function parseOptions<T extends Options>(
  command: string,
  args: string[],
  options: T,
  positionals = false,
) {
  const tokens = tokensOf(args, options);
  const faults = tokens.flatMap((token) => faultsOf(token, command, options, positionals));
  if (faults.length > 0) throw new ConfigurationError(command, faults);
  return parseArgs({ args: joined(args, tokens), options, allowPositionals: true });
}

/** Each value in one argument with its option: Node refuses `--nodes -1` in words of its own, and takes `--nodes=-1`. */
function joined(args: readonly string[], tokens: readonly Token[]): string[] {
  const apart = new Map(
    tokens.flatMap((token) =>
      token.kind === 'option' && token.inlineValue === false ? [[token.index, token] as const] : [],
    ),
  );
  return args.flatMap((arg, index) => {
    if (apart.has(index - 1)) return [];
    const option = apart.get(index);
    return [option === undefined ? arg : `${option.rawName}=${option.value}`];
  });
}

const tokensOf = (args: string[], options: Options) =>
  parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true }).tokens;

function faultsOf(token: Token, command: string, options: Options, positionals: boolean): string[] {
  if (token.kind === 'option') return optionFaults(token, command, options);
  const refused = token.kind === 'positional' && !positionals;
  return refused ? [`takes no argument '${token.value}'; its options begin with --`] : [];
}

function optionFaults({ name, rawName, value }: OptionToken, command: string, options: Options): string[] {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) return [unknown(rawName, command, options)];
  if (option.type === 'boolean')
    return value === undefined ? [] : [`'${rawName}' takes no value, such as '${value}'`];
  // An option behind it is no value: `--format --json` forgot one.
  return value === undefined || /^--[a-z]/.test(value) ? [`'${rawName}' needs a value`] : [];
}

function unknown(rawName: string, command: string, options: Options): string {
  const near = closestTo(
    rawName,
    Object.keys(options).map((name) => `--${name}`),
  );
  const hint = near === undefined ? `'npx sluice ${command} --help' lists them` : `did you mean '${near}'?`;
  return `'${rawName}' is no option here; ${hint}`;
}

/** Reads option values and collects every fault, so that all are reported at once. */
export class OptionReader {
  readonly #command: string;
  readonly #faults: string[] = [];

  constructor(command: string) {
    this.#command = command;
  }

  count(name: string, text: string | undefined, otherwise: number): number {
    if (text === undefined) return otherwise;
    // Digits only: Number() takes '0x10', '1e3' and ' 5 ' too.
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value) || value < 1)
      this.fault(`'--${name}' (${text}) must be a whole number >= 1`);
    return value;
  }

  /** Seconds. @param maxSeconds @default what a timer can wait */
  duration(name: string, text: string | undefined, maxSeconds?: number): number | undefined {
    const seconds = text === undefined ? undefined : parseDuration(text, maxSeconds);
    if (text !== undefined && seconds === undefined)
      this.fault(`'--${name}' (${text}) ${durationRule(maxSeconds)}`);
    return seconds;
  }

  /** Epoch milliseconds. */
  instant(name: string, text: string | undefined): number | undefined {
    const instant = parseInstant(text);
    if (text !== undefined && instant === undefined)
      this.fault(`'--${name}' (${text}) must be an instant such as 2026-11-29T12:00:00Z`);
    return instant;
  }

  /** The first word after the command. */
  word(word: string, allowed: readonly string[]): void {
    const words = allowed.join(', ');
    if (word === '') this.fault(`needs one of: ${words}`);
    else if (!allowed.includes(word)) this.fault(`'${word}' must be one of: ${words}`);
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
