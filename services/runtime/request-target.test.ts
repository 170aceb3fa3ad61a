import fc from 'fast-check';
import { expect, it } from 'vitest';
import { namesSeveralHosts, originForm, pathOf } from './request-target.ts';

it.each([
  ['http://a/api/x?b=1', '/api/x?b=1'],
  ['HTTPS://a:80/api', '/api'],
  ['http://a', '/'],
  ['http://a?b', '/?b'],
  ['/http://a/b', '/http://a/b'],
  ['*', '*'],
])('%s is the target %s', (target, origin) => {
  expect(originForm(target)).toBe(origin);
});

it('a target in origin form stays as it is, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(originForm(`/${text}`)).toBe(`/${text}`);
      expect(pathOf(`/${text}`)).not.toContain('?');
    }),
  );
});

it.each([
  [['Host', 'a'], false],
  [['Host', 'a', 'x', 'host'], false],
  [['Host', 'a', 'x', 'y', 'hOST', 'a'], true],
])('%j names several hosts: %s', (rawHeaders, several) => {
  expect(namesSeveralHosts({ rawHeaders })).toBe(several);
});
