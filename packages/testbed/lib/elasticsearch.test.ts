import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { jarsOf } from './elasticsearch.ts';

it('names every jar with its digest, of one version of Elasticsearch', () => {
  const list = readFileSync(new URL('../tools/elasticsearch/jars.txt', import.meta.url), 'utf8');
  const jars = jarsOf(list).filter(({ path }) => path.startsWith('org/elasticsearch/'));
  expect(jars.length).toBeGreaterThan(10);
  expect(new Set(jars.map(({ path }) => path.split('/').at(-2))).size).toBe(1);
});

it.each(['abc a.jar', `${'0'.repeat(64)}  a.txt`, `${'0'.repeat(64)}`])('refuses the line %j', (line) => {
  expect(() => jarsOf(line)).toThrow(`'${line}' must be a SHA-256 and the path of a jar`);
});
