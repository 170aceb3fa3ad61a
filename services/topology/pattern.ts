/**
 * The brokers read patterns as PCRE: what JavaScript reads is another dialect, so a pattern is refused only for
 * what no dialect takes.
 * @returns what is wrong, or undefined
 * @see https://www.pcre.org/current/doc/html/pcre2pattern.html
 */
export function faultOfPattern(source: string): string | undefined {
  if (source.includes('\0')) return 'must not hold NUL';
  const tokens = tokensOf(source);
  if (tokens.includes('\\')) return "must not end with '\\'";
  if (tokens.includes('[')) return "must close every '['";
  const quantifier = tokens.find((token, index) => isQuantifier(token) && !isRepeatable(tokens[index - 1]));
  if (quantifier !== undefined) return `must have something before '${quantifier}'`;
  return faultOfGroups(tokens);
}

/** Quoted text, escapes, classes, comments, settings and verbs are one token each; else a group's opening, or a character. */
const TOKEN =
  /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\(\?#[^)]*\)|\(\*[^)]*\)|\(\?[-\w^]*\)|\(\?|./gs;

/** Comments, settings such as `(?i)` and verbs are no groups. */
const tokensOf = (source: string): string[] =>
  (source.match(TOKEN) ?? []).filter((token) => !/^\((\?#|\*|\?[-\w^]*\)$)/.test(token));

const isQuantifier = (token: string): boolean => ['*', '+', '?'].includes(token);

/** A quantifier after another makes that lazy or possessive. */
const isRepeatable = (before: string | undefined): boolean =>
  before !== undefined && !['(', '(?', '|'].includes(before);

function faultOfGroups(tokens: readonly string[]): string | undefined {
  let open = 0;
  for (const token of tokens) {
    if (token.startsWith('(')) open += 1;
    if (token === ')') open -= 1;
    if (open < 0) return "must open every ')'";
  }
  return open > 0 ? "must close every '('" : undefined;
}

/**
 * Whether a policy's pattern applies to a name.
 * @returns true also where JavaScript cannot decide: then it may
 */
export function mayMatch(pattern: string, name: string): boolean {
  const [, letters = '', rest = pattern] = /^\(\?([a-z]+)\)(.*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(rest, letters).test(name);
  } catch {
    return true;
  }
}
