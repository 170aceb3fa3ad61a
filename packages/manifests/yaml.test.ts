import { describe, expect, it } from 'vitest';
import { embedded, jsonText, parseJson } from './embedded.ts';
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
    ['what is none', 'password: [sesame', 'is no YAML: BAD_INDENT at line 1, column 18'],
  ])('refuses %s without repeating it', (_, text, message) => {
    expect(() => parseYaml(text)).toThrow(new YamlError(message));
  });

  it('counts what one alias repeats', () => {
    const list = `[${Array(20_000).fill('1').join(',')}]`;
    const text = `a: &a ${list}\nb: [${Array(90).fill('*a').join(',')}]`;
    expect(() => parseYaml(text)).toThrow('holds more than 1000000 values');
  });
});

describe('YAML as Kubernetes reads it', () => {
  // Each value is what sigs.k8s.io/yaml v1.6.0 (YAMLToJSON) gives for `a: <text>`.
  const scalars: readonly (readonly [text: string, value: unknown])[] = [
    ...['yes', 'Yes', 'y', 'Y', 'on', 'ON', 'true', 'TRUE'].map((text) => [text, true] as const),
    ...['no', 'NO', 'n', 'N', 'off', 'OFF', 'false'].map((text) => [text, false] as const),
    ...['yES', 'tRue', '12:30:00', '190:20:30', '2001-12-14', '_1', '+', '.', '=', '0x', '1e', '1e400'].map(
      (text) => [text, text] as const,
    ),
    ...['0644', '0o644', '+0644', '06_44', '420', '420.0', '0x1a4', '0b110100100'].map(
      (text) => [text, 420] as const,
    ),
    ['-017', -15],
    ['-0o7', -7],
    ['089', 89],
    ['1_000', 1000],
    ['1_000.5', 1000.5],
    ['1e3', 1000],
    ['.5e3', 500],
    ['1.', 1],
    ['~', null],
    ['NULL', null],
    ['"yes"', 'yes'],
    ["'0644'", '0644'],
    ['!!str yes', 'yes'],
    ['!!int "0644"', 420],
    ['!foo 3', '3'],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    // The API server keeps 64 bits, and a float beyond: k8s.io/apimachinery/pkg/util/json.
    ['18446744073709551615', 2 ** 64],
    ['0xFFFFFFFFFFFFFFFFFF', '0xFFFFFFFFFFFFFFFFFF'],
  ];

  it.each(scalars)('%s', (text, value) => {
    expect(parseYaml(`a: ${text}\n`)).toEqual([{ a: value }]);
  });

  it.each([
    ['keys: yes', 'yes: 1', { true: 1 }],
    ['keys: 0644', '0644: 1', { 420: 1 }],
    ['a merge before a key', 'x: &a {k: 1}\nz: {<<: *a, k: 3}', { x: { k: 1 }, z: { k: 3 } }],
    // go-yaml v2 puts it in where it stands.
    [
      'a merge after a key',
      'x: &a {k: 1, j: 2}\nz: {k: 3, <<: *a}',
      { x: { k: 1, j: 2 }, z: { k: 1, j: 2 } },
    ],
    [
      'several merges',
      'x: &a {k: 1}\nw: &b {k: 2, m: 1}\nz: {<<: [*a, *b]}',
      { x: { k: 1 }, w: { k: 2, m: 1 }, z: { k: 1, m: 1 } },
    ],
    [
      'a merge of a merge',
      'x: &a {k: 1}\nw: &b {<<: *a, m: 1}\nz: {<<: *b}',
      { x: { k: 1 }, w: { k: 1, m: 1 }, z: { k: 1, m: 1 } },
    ],
  ])('%s', (_, text, value) => {
    expect(parseYaml(text)).toEqual([value]);
  });

  it.each([
    ['a key that is there twice', 'a: 1\na: 2', /^is no YAML: DUPLICATE_KEY/],
    ['a key that is there twice by its value', 'yes: 1\ntrue: 2', /^is no YAML: DUPLICATE_KEY/],
    ['a mapping as a key', 'data: {? {password: x} : y}', /^has a mapping or a sequence as a key$/],
    ['a sequence as a key', 'data:\n  ? [a, b]\n  : y', /^has a mapping or a sequence as a key$/],
    [
      'an alias of a mapping as a key',
      'a: &a {k: 1}\ndata: {*a : y}',
      /^has a mapping or a sequence as a key$/,
    ],
    ['a merge of what is no map', 'a: {<<: 3}', /^has a merge key that names no map$/],
    [
      'merges that multiply',
      `a0: &a0 {k: 1}\n${Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} {<<: [${Array(10).fill(`*a${at}`).join(', ')}]}`).join('\n')}`,
      /^has too many aliases$/,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseYaml(text)).toThrow(message);
  });

  it('keeps YAML 1.2 where it is asked for', () => {
    expect(parseYaml('a: yes\nb: 0644', '1.2')).toEqual([{ a: 'yes', b: 644 }]);
  });

  it('writes every digit back', () => {
    expect(jsonText(parseYaml('a: 9007199254740993'))).toBe('[{"a":9007199254740993}]');
    expect(jsonText(parseJson('[9007199254740993, 1.5, 1e400, 18446744073709551616]'))).toBe(
      '[9007199254740993,1.5,null,18446744073709552000]',
    );
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
  expect(embedded(`ConfigMap.data.a.${format}`, '{"a":1}', '{"a":2}')).toEqual(
    Array(format === 'json' ? 1 : 2).fill([{ a: 1 }, { a: 2 }]),
  );
  expect(embedded(`ConfigMap.data.a.${format}`, '{"a":1}', text)).toBeUndefined();
});
