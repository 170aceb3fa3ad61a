import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from './embedded.ts';
import { manifestText } from './manifests.ts';
import { anyYaml, YamlError } from './yaml.ts';
import { plainYaml } from './yaml-plain.ts';

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
