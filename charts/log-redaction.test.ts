import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  flattened,
  HARMLESS_LINES,
  type LoggedText,
  SECRET_FIELDS,
  SECRET_LINES,
} from '../test/support/logged-secrets.ts';
import { filteredByLua } from '../test/support/luajit.ts';
import { runs } from '../test/support/properties.ts';
import { MASK, REDACTION } from './log-redaction.ts';
import { MASK_SECRETS, maskingScript } from './log-redaction-lua.ts';

const SCRIPT = maskingScript('message', ['stream', 'offset']);
const filtered = (records: readonly object[]) => filteredByLua(SCRIPT, MASK_SECRETS, records);

/** Texts as Fluent Bit's script leaves them. */
const byFluentBit = (texts: readonly string[]): string[] =>
  filtered(texts.map((message) => ({ message }))).map(
    ({ record }) => (record as { readonly message: string }).message,
  );

/** RE2 has the flag for both cases at the front; what is used of it beside that is the same here. */
const expressions = REDACTION.blocked_values.map(
  (text) => new RegExp(text.replace('(?i)', ''), text.startsWith('(?i)') ? 'gi' : 'g'),
);

/** A text as the collector leaves it, which applies its rules in a new order each time. */
const byCollector = (text: string, order: readonly number[] = [0, 1, 2, 3, 4, 5]): string =>
  order.reduce((masked, index) => masked.replace(expressions[index] ?? /$^/, MASK), text);

const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });

const secret = fc.stringMatching(/^sesame[a-z0-9]{8}$/);
/** What forms are made of, in no order. */
const PARTS = [
  ...[
    '',
    ' ',
    'job 7 ',
    ' of ',
    ', ',
    '; ',
    'bearer ',
    'Basic ',
    'password ',
    'no token ',
    'secret:',
    'é',
    '{',
  ],
  ...['}\n', 'a.b-c ', '://', 'eyJ', '-----', '\\', 'x:', '=', '@', '&', '7-', 'AKIA', '(', 'a://b:'],
];
const filler = fc.constantFrom(...PARTS);
/** A secret in each of the forms. A quote that is opened before one would close with its own: there is none in PARTS. */
const formed = secret.chain((text) =>
  fc.constantFrom(
    ...[`password=${text}`, `x-API-key: ${text}`, `my.secret = "${text} ${text}"`, `token='${text}'`],
    ...[`{\\"pwd\\":\\"${text}\\"}`, `Bearer ${text}`, `basic\t${text}==`, `token: Bearer ${text}.x`],
    ...[`amqp://jobs:${text}@host`, `secret: mongodb+srv://u:a,${text}@host`, `eyJ${text}.${text}.${text}`],
    ...[`-----BEGIN EC PRIVATE KEY-----\n${text}\n-----END EC PRIVATE KEY-----`],
    ...[
      `secret=-----BEGIN PRIVATE KEY-----\n${text}`,
      `Basic password: ${text}`,
      `bearer database://u:${text}@h`,
    ],
  ),
);

describe('the masking of secrets by the agents', () => {
  const lines: readonly LoggedText[] = [...SECRET_LINES, ...HARMLESS_LINES];

  it.each(lines)('is that of the table in the rules of the collector: %s', (_, text, shown) => {
    expect(byCollector(text)).toBe(shown);
    expect(byCollector(text, [5, 4, 3, 2, 1, 0])).toBe(shown);
  });

  it('is that of the table in the script of Fluent Bit, and a line without secrets is not touched', () => {
    const answers = filtered(lines.map(([, message]) => ({ message })));
    expect(answers.map(({ record }) => record)).toEqual(lines.map(([, , message]) => ({ message })));
    expect(answers.map(({ code }) => code)).toEqual(lines.map(([, text, shown]) => (text === shown ? 0 : 2)));
  });

  it.each(SECRET_FIELDS)('hides fields $title', ({ fields, shown }) => {
    const [answer] = filtered([{ message: 'in', ...fields }]);
    expect(flattened(answer?.record)).toEqual({ message: 'in', ...shown });
    const keys = REDACTION.blocked_key_patterns.map((text) => new RegExp(text.replace('(?i)', ''), 'i'));
    for (const [path, value] of Object.entries(flattened(fields)))
      expect(keys.some((key) => key.test(path)) ? MASK : byCollector(value), path).toBe(shown[path]);
  });

  it('leaves no secret, whatever stands around it and in whatever order the rules come', () => {
    const line = fc.tuple(fc.array(filler, { maxLength: 4 }), formed, fc.array(filler, { maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(line, { minLength: 20, maxLength: 60 }), orders, (parts, order) => {
        const texts = parts.map(([before, text, after]) => `${before.join('')} ${text} ${after.join('')}`);
        for (const text of [...byFluentBit(texts), ...texts.map((text) => byCollector(text, order))])
          expect(text).not.toContain('sesame');
      }),
      { numRuns: runs(5) },
    );
  });

  it('is the same by both agents, on any text', () => {
    const apart = formed.map((text) => ` ${text} `);
    const text = fc.array(fc.oneof(filler, fc.constantFrom('"', "'"), apart, fc.string()), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 20, maxLength: 60 }), (parts) => {
        const texts = parts.map((part) => part.join(''));
        expect(byFluentBit(texts)).toEqual(texts.map((text) => byCollector(text)));
      }),
      { numRuns: runs(5) },
    );
  });

  it('leaves a text without secrets as it is', () => {
    const words = fc.array(fc.stringMatching(/^[a-z0-9.,()/ -]{0,12}$/), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(words, { minLength: 20, maxLength: 60 }), (parts) => {
        const texts = parts.map((part) => part.join(' ').replaceAll(/bearer|basic/g, ''));
        expect(byFluentBit(texts)).toEqual(texts);
      }),
      { numRuns: runs(5) },
    );
  });

  it('takes a time that grows with the line and not with its square', () => {
    const parts = ['a', 'a.', '-', 'a-', 'eyJ-', 'a.eyJ-', 'a:', 'a://', 'a1', '"', '-----BEGIN ', 'bearer '];
    const texts = [...parts, 'password ', 'token: bearer '].map((part) => part.repeat(40_000 / part.length));
    // Some 10 ms each; the square of a length takes seconds.
    for (const { seconds } of filtered(texts.map((message) => ({ message }))))
      expect(seconds).toBeLessThan(0.5);
  });

  it('hides the whole text of a record that it cannot read, and keeps where the record is from', () => {
    let deep: object = { password: 'sesame' };
    for (let depth = 0; depth < 150; depth += 1) deep = { deep };
    const failing = `${SCRIPT}\nlocal whole = pcall; pcall = function() return false, "stack overflow" end`;
    const record = { message: 'sesame', deep, stream: 'stderr', offset: 7, kubernetes: 'not kept' };
    const [answer] = filteredByLua(failing, MASK_SECRETS, [record]);
    expect(answer).toMatchObject({ code: 2 });
    expect(answer?.record).toEqual({ message: MASK, stream: 'stderr', offset: 7 });
    expect(JSON.stringify(filtered([record]))).not.toContain('"password":"sesame"');
  });
});
