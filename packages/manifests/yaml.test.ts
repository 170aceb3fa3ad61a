import { describe, expect, it } from 'vitest';
import { embedded } from './embedded.ts';
import { checkTree, parseYaml, YamlError } from './yaml.ts';

/** Every line ten times the one before it: 10^9 values of 90 characters each. */
const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  .concat(
    Array.from({ length: 8 }, (_, index) => {
      const alias = `*a${index}`;
      return `a${index + 1}: &a${index + 1} [${Array(10).fill(alias).join(', ')}]`;
    }),
  )
  .join('\n');

describe('parseYaml', () => {
  it('gives the value of each document', () => {
    expect(parseYaml('a: 1\n---\n# nothing\n---\nb: [2]\n')).toEqual([{ a: 1 }, null, { b: [2] }]);
  });

  it('takes an alias that is no cycle', () => {
    expect(parseYaml('a: &a {x: 1}\nb: *a\n')).toEqual([{ a: { x: 1 }, b: { x: 1 } }]);
  });

  it.each([
    ['a cycle', 'data: &a {x: *a}', 'holds a value that contains itself, by an alias'],
    ['a cycle through a list', '&a [[[*a]]]', 'holds a value that contains itself, by an alias'],
    ['an alias bomb', bomb, 'has too many aliases'],
    ['an alias without an anchor', 'a: *b', 'has an alias without an anchor'],
    ['nesting without an end', '['.repeat(20_000), 'is nested deeper than 200 levels'],
    ['deep nesting', `${'['.repeat(300)}1${']'.repeat(300)}`, 'is nested deeper than 200 levels'],
    ['a number that JSON cannot write', 'replicas: .inf', 'holds a number that is not finite (Infinity)'],
    ['what is none', 'password: [sesame', 'is no YAML: BAD_INDENT at character 17'],
  ])('refuses %s without repeating it', (_, text, message) => {
    expect(() => parseYaml(text)).toThrow(new YamlError(message));
  });

  it('counts what one alias repeats', () => {
    const list = `[${Array(20_000).fill('1').join(',')}]`;
    const text = `a: &a ${list}\nb: [${Array(90).fill('*a').join(',')}]`;
    expect(() => parseYaml(text)).toThrow('holds more than 1000000 values');
  });
});

it('walks 200 levels', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
  expect(() => checkTree(nested(200))).not.toThrow();
  expect(() => checkTree(nested(201))).toThrow(YamlError);
});

it.each([
  ['yaml', 'a: &a {x: *a}'],
  ['yaml', bomb],
  ['json', `${'['.repeat(300)}1${']'.repeat(300)}`],
])('leaves a document of %s in a ConfigMap that cannot be walked a text', (format, text) => {
  expect(embedded(`ConfigMap.data.a.${format}`, '{"a":1}', '{"a":2}')).toEqual([{ a: 1 }, { a: 2 }]);
  expect(embedded(`ConfigMap.data.a.${format}`, '{"a":1}', text)).toBeUndefined();
});
