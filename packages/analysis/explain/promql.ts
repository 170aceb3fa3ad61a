/** Words of PromQL that are no metric where they stand alone. */
const WORDS = new Set(
  ['and or unless on ignoring group_left group_right by without bool offset start end atan2 inf nan'].flatMap(
    (words) => words.split(' '),
  ),
);

/** What holds labels, values or durations and no metric: strings, matchers, ranges, lists of labels. */
const ASIDE = [
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g,
  /\{[^{}]*\}/g,
  /\[[^\][]*\]/g,
  /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)/gi,
  /\b\d[\w.]*/g,
];

/**
 * The names of the metrics that an expression reads, each once. A metric that is only named by a matcher
 * (`{__name__="x"}`) is read as that.
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/
 */
export function metricNames(expression: string): string[] {
  const matched = [...expression.matchAll(/__name__\s*=\s*["']([a-zA-Z_:][\w:]*)["']/g)].map(
    ([, name = '']) => name,
  );
  const bare = ASIDE.reduce((text, form) => text.replace(form, ' '), expression);
  const names = [...bare.matchAll(/(?<![\w:])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g)].map(([name]) => name);
  return [...new Set([...matched, ...names.filter((name) => !WORDS.has(name.toLowerCase()))])];
}
