import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../../manifests/objects.ts';
import { forms, json, rows, sources } from './testing/corpus/folder.ts';
import { compareFiles } from './testing.ts';

describe('the objects of a folder are those that Argo CD reads', () => {
  it.each([...rows, ...sources, ...forms])('%s', (_, base, head, rank, word) => {
    const { worst, changes } = compareFiles(base, head);
    expect(worst).toBe(rank);
    expect(changes.flatMap(({ reasons }) => reasons).join('; ')).toMatch(word);
  });

  it.each([
    ['two values', `${json}\n${json}`],
    ['a broken one', '{"password": "hunter2"'],
  ])('refuses %s in a file of JSON, without repeating it', (_, text) => {
    const read = (): unknown => snapshotOf('base', new Map([['local/shop/a.json', text]]));
    expect(read).toThrow(/dist\/local\/shop\/a\.json is no single value of JSON$/);
  });
});
