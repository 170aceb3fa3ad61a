import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedded, jsonText, parseJson } from './embedded.ts';
import { manifestText } from './manifests.ts';
import { anyYaml, checkTree, parseYaml, plainYaml, YamlError } from './yaml.ts';

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

/** What the reader of all of YAML says, as text, with the order of keys and every digit; undefined where it refuses. */
function said(text: string): string | undefined {
  try {
    return jsonText(anyYaml(text));
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

const metadata = { name: 'web', namespace: 'shop' };

describe('plainYaml', () => {
  it('reads what a manifest is written as', () => {
    const manifest = {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
      data: {
        text: 'one\n\n  two\nthree',
        ended: 'a\nb\n',
        quoted: "it's: 'so' # no comment",
        version: '1.36',
      },
      spec: {
        containers: [
          { args: ['--port=8080', '-v', '0644', 'yes'], name: 'web', ports: [{ containerPort: 8080 }] },
          { args: [], name: 'side', resources: {} },
        ],
        flags: [true, false, null, 0, -1.5, 1e21],
      },
    };
    expect(plainYaml(manifestText(manifest))).toEqual(manifest);
  });

  it.each([
    ['a key that is there twice', 'a: 1\na: 2\n'],
    ['an anchor', 'a: &b 1\n'],
    ['an alias', 'a: *b\n'],
    ['a merge', 'a:\n  <<: b\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a flow', 'a: {b: 1}\n'],
    ['a comment', 'a: 1 # so\n'],
    ['a second document', 'a: 1\n---\nb: 2\n'],
    ['a text over lines', 'a: one\n  two\n'],
    ['a folded text', 'a: >-\n  one\n  two\n'],
    ['an indentation of its own', 'a: |2-\n  one\n'],
    ['a literal of spaces alone', 'a: |\n  one\n    \nb: 1\n'],
    ['a key without a value', 'a:\nb: 1\n'],
    ['a key that is no text', 'yes: 1\n'],
    ['a key that is a prototype', '__proto__: 1\n'],
    ['a tab', 'a:\t1\n'],
    ['a carriage return', 'a: 1\r\n'],
    ['an escape that JSON has otherwise', 'a: "\\x41"\n'],
    ['two keys in a line', 'a: b: c\n'],
    ['a list within a list', 'a:\n  - - 1\n'],
    ['a list beside its key', 'a:\n- 1\n'],
    ['no end of the last line', 'a: 1'],
    ['nothing', '\n'],
  ])('leaves %s to the reader of all of YAML', (_, text) => {
    expect(plainYaml(text)).toBeUndefined();
  });

  it('says of whatever is written as a manifest what the reader of all of YAML says', () => {
    const values = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(values, (spec) => {
        const text = manifestText({ apiVersion: 'v1', kind: 'Any', metadata, ...{ spec } });
        const value = plainYaml(text);
        if (value !== undefined) expect(jsonText([value])).toBe(said(text));
      }),
    );
  });

  it('says of any lines what the reader of all of YAML says, or nothing', () => {
    const scalars = fc.constantFrom(
      ...['1', '0644', 'yes', '~', 'null', '', '|', '|-', '>', '{}', '[]', '[1]', '"a"', '"a\\n"', "'it''s'"],
      ...['-1', '- 1', '-', '--x', 'a b', 'a: b', 'a:', 'http://x:80', 'a #b', 'a#b', '# a', '&a 1', '*a'],
      ...['!!str 1', 'a ', ' a', '.5', '.', '...', '---', '9007199254740993', '1e400', '=', '<<', '%a', '@a'],
      ...[
        '"a',
        "'a",
        'a"b"',
        "a'",
        '{a',
        'a]',
        'a, b',
        '? a',
        '\t',
        'é',
        '\u2028',
        '(a)',
        '$(A)',
        '/a',
        '\\d',
      ],
    );
    const keys = fc.constantFrom(
      'a',
      'b',
      'c.d/e',
      '"1"',
      '"a b"',
      'yes',
      'on',
      '<<',
      '1',
      "'a'",
      '__proto__',
      'x-y',
    );
    const lines = fc.oneof(
      fc.tuple(keys, fc.constantFrom(': ', ':', ':  ', ' : '), scalars).map((parts) => parts.join('')),
      fc
        .tuple(fc.constantFrom('- ', '-', '-   '), keys, fc.constantFrom(': ', ':'), scalars)
        .map((parts) => parts.join('')),
      scalars.map((scalar) => `- ${scalar}`),
      keys.map((key) => `${key}:`),
      scalars,
    );
    const indents = fc.constantFrom(0, 2, 4, 2, 4, 6, 1, 3);
    const texts = fc
      .array(fc.tuple(indents, lines), { minLength: 1, maxLength: 6 })
      .map((all) => all.map(([indent, line]) => `${' '.repeat(indent)}${line}\n`).join(''));
    fc.assert(
      fc.property(texts, (text) => {
        const value = plainYaml(text);
        if (value !== undefined) expect(jsonText([value])).toBe(said(text));
      }),
      { numRuns: 2000 },
    );
  });
});
