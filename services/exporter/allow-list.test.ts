import { describe, expect, it } from 'vitest';
import { AllowList, parseOriginPattern, parseTargetUrl } from './allow-list.ts';

const listOf = (...patterns: string[]): AllowList =>
  new AllowList(patterns.flatMap((text) => parseOriginPattern(text) ?? []));
const permits = (list: AllowList, ...urls: string[]): boolean[] =>
  urls.map((url) => list.permits(new URL(url)));

describe('an exact origin', () => {
  const list = listOf('http://api:8080', 'https://Metrics.example.org');

  it('permits every path of it', () => {
    expect(
      permits(
        list,
        'http://api:8080/',
        'http://api:8080/metrics.json?a=b',
        'https://metrics.example.org:443/x',
      ),
    ).toEqual([true, true, true]);
  });

  it('permits no other scheme, host or port', () => {
    expect(
      permits(
        list,
        'https://api:8080/',
        'http://api/',
        'http://api:8081/',
        'http://api.evil.org:8080/',
        'http://x.api:8080/',
        'http://metrics.example.org/',
      ),
    ).toEqual([false, false, false, false, false, false]);
  });
});

describe('a pattern', () => {
  const list = listOf('http://*.sluice.svc:8080');

  it('permits what is below its domain, at any depth', () => {
    expect(permits(list, 'http://api.sluice.svc:8080/', 'http://a.b.sluice.svc:8080/')).toEqual([true, true]);
  });

  it('permits neither the domain itself nor what only ends alike', () => {
    expect(
      permits(list, 'http://sluice.svc:8080/', 'http://evilsluice.svc:8080/', 'http://api.sluice.svc/'),
    ).toEqual([false, false, false]);
  });
});

it('permits nothing when it is empty', () => {
  expect(permits(listOf(), 'http://api:8080/')).toEqual([false]);
});

it.each([
  '*',
  'http://*',
  'http://*.',
  'http://a.*.b',
  'http://api/path',
  'http://api?x',
  'ftp://api',
  'api:8080',
  'http://u:p@api',
  '',
])('takes no %j for a pattern', (text) => {
  expect(parseOriginPattern(text)).toBeUndefined();
});

it.each([
  'file:///etc/passwd',
  'gopher://api:70/',
  'javascript:alert(1)',
  'http://user:sesame@api/',
  'http://user@api/',
  '//api/',
  'http:api',
  'http://',
  'api',
])('takes no %j for a target', (text) => {
  expect(parseTargetUrl(text)).toBeUndefined();
});

describe('a URL that means two things', () => {
  it.each([
    'http://admin:12#sesame@host',
    'http://admin:12/sesame@host',
    'http://host\\path',
    'http://ho st/',
    'http://host/#fragment',
    'http:host',
  ])('is none: %s', (text) => expect(parseTargetUrl(text)).toBeUndefined());
});
