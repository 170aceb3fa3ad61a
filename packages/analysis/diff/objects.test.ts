import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../contracts/checks.ts';
import { snapshotOf } from '../../manifests/objects.ts';
import { deployment, service } from './testing/corpus/objects.ts';
import { compareYaml } from './testing.ts';

describe('a change of what is described', () => {
  it('distinguishes objects by group, namespace and environment', () => {
    const files = {
      'a/x/1.yaml': service(''),
      'b/x/1.yaml': service(''),
      'a/x/2.yaml': service('').replace('v1', 'serving.knative.dev/v1'),
    };
    expect(snapshotOf('base', new Map(Object.entries(files))).objects.size).toBe(3);
  });

  it('takes the items of a List for objects of their own', () => {
    const list = `{apiVersion: v1, kind: List, items: [${service('')}, ${deployment}]}`;
    expect(compareYaml(list, `${deployment}\n---\n${service('')}`).worst).toBeUndefined();
  });

  it('names every file that it cannot read, and nothing of what stands in it', () => {
    const files = new Map([
      ['a/x/1.yaml', 'stringData: {password: hunter2'],
      ['a/x/2.yaml', 'kind: Secret'],
      ['a/x/3.yaml', service('')],
      ['a/x/4.yaml', service('')],
    ]);
    const read = (): unknown => snapshotOf('base', files);
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(
      /1\.yaml is no YAML.*\n.*2\.yaml holds something.*\n.*3\.yaml and dist\/a\/x\/4\.yaml are both Service shop\/web/,
    );
    expect(read).not.toThrow(/hunter2/);
  });
});
