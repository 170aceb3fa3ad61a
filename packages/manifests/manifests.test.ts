import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fileName, type Manifest, manifestText, manifestWriter } from './manifests.ts';

const withData = (data: unknown): Manifest & { data: unknown } => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'y' }, data },
});

describe('the text of a manifest', () => {
  it('reads back as the same object by YAML 1.2 and by YAML 1.1', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z.-]{1,8}$/), fc.string()), (data) => {
        const text = manifestText(withData(data));
        expect(parse(text)).toEqual(withData(data));
        expect(parse(text, { version: '1.1' })).toEqual(withData(data));
      }),
    );
  });

  it.each(['on', 'no', '0o7', '010', '12:30:00', '1_000', '1e3', '~', 'null', '2026-11-21'])(
    "quotes the string '%s', which YAML 1.1 reads as something else",
    (value) => {
      expect(parse(manifestText(withData({ value })), { version: '1.1' }).data.value).toBe(value);
    },
  );

  it('has apiVersion, kind and metadata first and every other key in order', () => {
    const text = manifestText(withData({ b: 1, a: { d: 1, c: 1 } }));
    expect(text.match(/^\s*\w+(?=:)/gm)?.map((key) => key.trim())).toEqual([
      ...['apiVersion', 'kind', 'metadata', 'name', 'namespace', 'data', 'a', 'c', 'd', 'b'],
    ]);
  });
});

describe('a writer of many manifests', () => {
  it('gives each the text that it has alone, however often and in whatever order it was written', () => {
    const values = fc.dictionary(
      fc.constantFrom('a', 'b'),
      fc.constantFrom<unknown>('1', 1, true, 'true', null, [], {}),
    );
    fc.assert(
      fc.property(fc.array(values, { minLength: 2 }), (datas) => {
        const textOf = manifestWriter();
        const manifests = datas.map(withData);
        expect(manifests.map(textOf)).toEqual(manifests.map(manifestText));
      }),
    );
  });
});

describe('the file of a manifest', () => {
  it('is named by kind, name and namespace', () => {
    expect(fileName(withData({}))).toBe('configmap-x.y.yaml');
    expect(fileName({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } })).toBe(
      'namespace-x.yaml',
    );
  });
});
