import { compile, isRegistered, type JSONValue, TreeInterpreter } from '@jmespath-community/jmespath';

export type { JSONValue } from '@jmespath-community/jmespath';

/** A compiled path expression. @see https://jmespath.site */
export type Expression = (value: JSONValue) => JSONValue;

/** @throws Error that says what is wrong with it; also when it calls a function that there is not */
export function compileExpression(text: string): Expression {
  const tree = compile(text);
  const unknown = functionsIn(tree).filter((name) => !isRegistered(name));
  if (unknown.length > 0) throw new Error(`unknown function ${unknown.join(', ')}`);
  return (value) => TreeInterpreter.search(tree, value);
}

/** The library looks a function up when it calls it: too late to say so. */
function functionsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, name } = node as { type?: unknown; name?: unknown };
  const own = type === 'Function' && typeof name === 'string' ? [name] : [];
  return [...own, ...Object.values(node).flatMap(functionsIn)];
}
