const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** No number that means something is written longer. */
const LONGEST = 400;

/**
 * The number that a text holds in decimal notation, and nothing else: the language's own conversion takes "" and
 * " " for 0 and "0x1F" for 31.
 * @returns undefined for any other text, and for what is too large for a number
 */
export function decimalOf(text: string): number | undefined {
  if (text.length > LONGEST || !DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** One sample of an exposition. */
export interface TextSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t\r]*$/s;
const LABEL = /\s*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/gsy;
const NAME = /^[a-zA-Z_:][\w:]*/;

/**
 * The samples of the Prometheus text format whose name is wanted; others cost one look at their name.
 * @throws Error for a wanted line that cannot be read
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function* textSamples(text: string, wanted: ReadonlySet<string>): Generator<TextSample> {
  for (const line of text.split('\n')) {
    const name = NAME.exec(line)?.[0];
    if (name !== undefined && wanted.has(name)) yield sample(line);
  }
}

function sample(line: string): TextSample {
  const [, name, labels = '', value] = LINE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a sample: ${line.slice(0, 200)}`);
  return { name, labels: parseLabels(labels, line), value: parseValue(value, line) };
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let end = 0;
  for (const match of text.matchAll(LABEL)) {
    const [whole, key = '', value = ''] = match;
    labels[key] = unescaped(value);
    end += whole.length;
  }
  if (end !== text.length) throw new Error(`not labels: ${line.slice(0, 200)}`);
  return labels;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

const unescaped = (text: string): string =>
  text.replace(/\\(.)/gs, (whole, escaped: string) => ESCAPES[escaped] ?? whole);

function parseValue(text: string, line: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const value = decimalOf(text);
  if (value === undefined) throw new Error(`not a value: ${line.slice(0, 200)}`);
  return value;
}
