import fc from 'fast-check';
import { CANARY } from './subject.ts';

/** Where parsers of text fail: numbers at their bounds, what steers terminals, what other grammars know. */
const TOKENS = [
  ...['', ' ', '\t', '\n', '\r\n', '\0', '\u007f', '\u202e', '\ufeff', '\ud800', '💧', 'é', 'ß', 'İ'],
  ...[
    '0',
    '-0',
    '-1',
    '1e999',
    '1e308',
    '0x1F',
    '0o7',
    '٣',
    '1_000',
    '.5',
    '5.',
    '+5',
    'NaN',
    'Infinity',
    '-Infinity',
  ],
  ...['2147483647', '2147483648', '4294967296', '9007199254740991', '9007199254740993', '9'.repeat(400)],
  ...[
    'null',
    'true',
    '{}',
    '[]',
    '"',
    "'",
    '\\',
    '%',
    '%2',
    '%zz',
    '%00',
    '%2f',
    '#',
    '?',
    '@',
    ':',
    '//',
    '..',
    '/',
  ],
  ...[
    '&a',
    '*a',
    '<<: *a',
    '!!binary',
    '? ',
    '- ',
    '|',
    '>',
    '---',
    '...',
    '{',
    '}',
    '[',
    ']',
    ',',
    '(',
    ')',
    '$',
    '*',
  ],
  ...['__proto__', 'constructor', 'toString', 'password'],
];

const token = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TOKENS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('[', '{', '(', '9', 'a', ' ', '-', '*', '&a '),
        fc.oneof(fc.integer({ min: 2, max: 100 }), fc.constantFrom(1000, 3000)),
      )
      .map(([unit, times]) => unit.repeat(times)),
  },
);

/** One edit: where (a part of the length), how much is cut, and what stands there instead. */
const edit = fc.record({
  at: fc.nat({ max: 999 }),
  cut: fc.constantFrom(0, 0, 1, 2, 5, 20, 1000),
  put: fc.oneof({ weight: 1, arbitrary: fc.constant('') }, { weight: 4, arbitrary: token }),
});

interface Edit {
  readonly at: number;
  readonly cut: number;
  readonly put: string;
}

const edited = (text: string, { at, cut, put }: Edit): string => {
  const start = Math.floor((text.length * at) / 1000);
  return text.slice(0, start) + put + text.slice(start + cut);
};

/** A text with up to `most` edits; often none. */
export const mutated = (texts: fc.Arbitrary<string>, most = 4): fc.Arbitrary<string> =>
  fc
    .tuple(texts, fc.oneof(fc.constant([]), fc.array(edit, { maxLength: most })))
    .map(([text, edits]) => withoutSpoilt(edits.reduce(edited, text)));

/** What an edit made of a secret may be none any more: a part of it, or a host. */
const withoutSpoilt = (text: string): string =>
  // The search below takes the square of the length where there is none.
  !SPOILT.test(text)
    ? text
    : text.replace(/[^\s"',]*canary[^\s"',]*/gi, (word) =>
        word === CANARY || WHOLE.test(word) ? word : word.replaceAll(/canary/gi, 'x'),
      );

const SPOILT = /canary/i;
const WHOLE = new RegExp(`:.*${CANARY}[^@]*@[\\w[]`);

/** Examples as they are, edited ones, and text of any kind. */
export const texts = (...examples: readonly [string, ...string[]]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: mutated(fc.constantFrom(...examples)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    { weight: 1, arbitrary: token },
  );

const deep = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};
const DEEP = deep(4000);

const numbers = fc.oneof(
  fc.constantFrom(0, -0, -1, 0.5, 1e-320, 1, 2 ** 31 - 1, 2 ** 31, 3e9, 2 ** 53, 1e17, 8.64e15, 1e308),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.integer(),
  fc.double(),
);

/** What stands where something else belongs. */
export const values: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: numbers },
  { weight: 4, arbitrary: token },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(undefined, null, true, false, '', [], {}) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>({ password: CANARY }, DEEP) },
);

/** One change of a value: of which of its members, and what becomes of it. */
const change = fc.record({
  which: fc.nat({ max: 999 }),
  how: fc.constantFrom('set', 'set', 'set', 'edit', 'edit', 'delete', 'add', 'repeat'),
  key: fc.constantFrom('password', '__proto__', 'constructor', 'x', '0'),
  value: values,
  edit,
});

interface Change {
  readonly which: number;
  readonly how: string;
  readonly key: string;
  readonly value: unknown;
  readonly edit: Edit;
}

type Holder = Record<PropertyKey, unknown>;

function membersOf(root: Holder): [Holder, string][] {
  const found: [Holder, string][] = [];
  const visit = (holder: Holder): void => {
    for (const key of Object.keys(holder)) {
      found.push([holder, key]);
      const inner = holder[key];
      if (typeof inner === 'object' && inner !== null && inner !== DEEP) visit(inner as Holder);
    }
  };
  visit(root);
  return found;
}

/** A copy of its own, because a later change may be made to it; what is nested without an end is shared. */
function cloned(value: unknown): unknown {
  if (value === DEEP) return value;
  try {
    return structuredClone(value);
  } catch {
    return DEEP;
  }
}

/** Not by assignment: it would set the prototype. */
function put(holder: Holder, key: string, given: unknown): void {
  // No format gives a list other members than its elements.
  if (Array.isArray(holder) && !/^\d{1,4}$/.test(key)) return;
  const value = cloned(given);
  Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
}

function changed(root: Holder, { which, how, key, value, edit: one }: Change): void {
  const members = membersOf(root);
  const [holder, name] = members[Math.floor((members.length * which) / 1000)] ?? [root, 'root'];
  const present = holder[name];
  if (how === 'delete') Reflect.deleteProperty(holder, name);
  else if (how === 'edit' && typeof present === 'string') put(holder, name, edited(present, one));
  else if (how === 'add') put(holder, key, value);
  else if (how === 'repeat' && Array.isArray(holder)) put(holder, String(holder.length), present);
  else put(holder, name, value);
}

/** JSON, whatever the depth: the writer's own stack is not under test. */
export function jsonOf(data: unknown): string {
  try {
    return JSON.stringify(data) ?? '';
  } catch {
    return `{"a":${'['.repeat(5000)}1${']'.repeat(5000)}}`;
  }
}

/** Structures with up to `most` members changed, added or taken away; often none. */
export const mutatedData = <T extends object>(examples: fc.Arbitrary<T>, most = 3): fc.Arbitrary<unknown> =>
  fc
    .tuple(examples, fc.oneof(fc.constant([]), fc.array(change, { minLength: 1, maxLength: most })))
    .map(([example, changes]) => {
      const root = { root: structuredClone(example) as unknown };
      for (const one of changes) changed(root as Holder, one);
      return root.root;
    });
