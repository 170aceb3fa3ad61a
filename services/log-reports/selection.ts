/**
 * Which lines are errors: those whose level is one of `levels`, and those without a level whose message holds one of
 * `words`. Letters' case is ignored. A line that says that it is `info` is none, whatever its text.
 */
export interface ErrorPattern {
  readonly levels: readonly string[];
  readonly words: readonly string[];
}

/** Which records a query takes: the error lines and Warning events of a namespace, or all of it. */
export type Selection =
  | { readonly kind: 'errors'; readonly pattern: ErrorPattern }
  | { readonly kind: 'all' };

/** Which namespaces are taken. */
export interface NamespaceRule {
  /** Empty: each one. */
  readonly only: readonly string[];
  readonly except: readonly string[];
}

/** Whether a namespace is taken; a name that is no namespace's, which would be no key either, never is. */
export const takesNamespace = ({ only, except }: NamespaceRule, namespace: string): boolean =>
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace) &&
  (only.length === 0 || only.includes(namespace)) &&
  !except.includes(namespace);

const escaped = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

/** RE2 of exactly one of the levels. */
export const levelExpression = ({ levels }: ErrorPattern): string =>
  `(?i)^(${levels.map(escaped).join('|')})$`;

/** RE2 of one of the words, anywhere. */
export const wordExpression = ({ words }: ErrorPattern): string => `(?i)(${words.map(escaped).join('|')})`;
