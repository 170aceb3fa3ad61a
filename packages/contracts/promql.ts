import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A metric that an expression reads, with the labels that select its series. */
export interface Selector {
  /** Undefined where matchers alone select, other than `__name__="x"`. */
  readonly metric?: string;
  /** Names of the labels in the braces, without `__name__`. */
  readonly labels: readonly string[];
}

/** What an expression of PromQL says of metrics and labels. */
export interface Expression {
  /** Every selector, in the order of the text. */
  readonly selectors: readonly Selector[];
  /** Labels of `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`. */
  readonly grouping: readonly string[];
  /** Where the grammar does not hold, each with the text about it; empty for a valid expression. */
  readonly faults: readonly string[];
}

/**
 * Parses PromQL by Prometheus' own grammar. Types of values are not checked: `promtool check rules` does that.
 * @see https://github.com/prometheus/prometheus/tree/main/web/ui/module/lezer-promql
 */
export function parsePromql(expression: string): Expression {
  const text = ({ from, to }: SyntaxNode): string => expression.slice(from, to);
  const nodes = nodesOf(parser.parse(expression).topNode);
  const of = (name: string): SyntaxNode[] => nodes.filter((node) => node.name === name);
  const faults = nodes
    .filter((node) => node.type.isError)
    .map(({ from, to }) => `at ${from}: '${expression.slice(Math.max(0, from - 20), to + 20)}'`);
  return {
    selectors: of('VectorSelector').map((node) => selectorOf(node, text)),
    grouping: [...new Set(of('GroupingLabels').flatMap((node) => labelsOf(node, text)))],
    faults: of('PromQL').length === 1 && expression.trim() !== '' ? faults : ['the expression is empty'],
  };
}

/** Shape of an expression -> whether it is one: many differ in the text of a label alone. */
const known = new Map<string, boolean>();

/** What is wrong with an expression; nothing where it is PromQL. */
export function promqlFaults(expression: string): readonly string[] {
  const shape = expression.replaceAll(/"[^"\\\n]*"/g, '"x"');
  const isSound = known.get(shape) ?? parsePromql(shape).faults.length === 0;
  known.set(shape, isSound);
  return isSound ? [] : parsePromql(expression).faults;
}

/** The names of the metrics that an expression reads, each once. */
export const metricNames = (expression: string): string[] => [
  ...new Set(
    parsePromql(expression).selectors.flatMap(({ metric }) => (metric === undefined ? [] : [metric])),
  ),
];

function nodesOf(top: SyntaxNode): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  top.cursor().iterate(({ node }) => {
    nodes.push(node);
  });
  return nodes;
}

type Text = (node: SyntaxNode) => string;

function selectorOf(node: SyntaxNode, text: Text): Selector {
  const identifier = node.getChild('Identifier');
  const matchers = node.getChild('LabelMatchers');
  const named = matchers?.getChildren('UnquotedLabelMatcher').flatMap((matcher) => nameIn(matcher, text));
  const metric = identifier === null ? named?.[0] : text(identifier);
  const labels = (matchers === null ? [] : labelsOf(matchers, text)).filter((label) => label !== '__name__');
  return { ...(metric !== undefined && { metric }), labels };
}

/** The metric of `__name__="x"`. */
function nameIn(matcher: SyntaxNode, text: Text): string[] {
  const [label, operator, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((name) =>
    matcher.getChild(name),
  );
  if (!label || !operator || !value || text(label) !== '__name__' || text(operator) !== '=') return [];
  return [unquoted(text(value))];
}

const labelsOf = (node: SyntaxNode, text: Text): string[] =>
  nodesOf(node).flatMap((one) => {
    if (one.name === 'LabelName') return [text(one)];
    return one.name === 'QuotedLabelName' ? [unquoted(text(one))] : [];
  });

const unquoted = (literal: string): string => literal.slice(1, -1);
