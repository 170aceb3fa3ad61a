import { expect, it } from 'vitest';
import { faultOfPattern, mayMatch } from './declare.ts';

it.each(
  [
    '^jobs$',
    '(?i)^JOBS$',
    '(?i-s)jobs',
    '^(?P<name>jobs)$',
    '^(?>jobs|mail)$',
    '^jobs++$',
    '\\Ajobs\\z',
    '[[:alpha:]]+',
    '[]a]',
    '[^]a(]',
    '\\Q(*[\\E',
    '(?#a comment [)jobs',
    '(*UTF)jobs',
    '\\(',
    'a{2,}',
    '^(?!amq\\.)',
    '(?<=a)b',
    '',
  ].filter((each) => each !== '(?#a comment ('),
)('takes %s, as the brokers do', (pattern) => {
  expect(faultOfPattern(pattern)).toBeUndefined();
});

it.each([
  ['(', "must close every '('"],
  ['(?:a', "must close every '('"],
  ['a)', "must open every ')'"],
  ['[a', "must close every '['"],
  ['a\\', "must not end with '\\'"],
  ['*', "must have something before '*'"],
  ['a|+', "must have something before '+'"],
  ['a\0', 'must not hold NUL'],
])('refuses %j, which no dialect reads', (pattern, fault) => {
  expect(faultOfPattern(pattern)).toBe(fault);
});

it.each([
  ['^jobs$', true],
  ['^mail$', false],
  ['(?i)^JOBS$', true],
  ['(?i)^MAIL$', false],
  ['^(?P<any>x)$', true],
])('says whether %s may apply to jobs: %s', (pattern, expected) => {
  expect(mayMatch(pattern, 'jobs')).toBe(expected);
});
