import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addPruneGuards, guardsOf } from './prune-guards.ts';

const OPTIONS = 'argocd.argoproj.io/sync-options';
const object = (kind: string, more: object = {}) => ({
  ...{
    apiVersion: 'v1',
    kind,
    metadata: { name: 'x' } as { name: string; annotations?: Record<string, string> },
  },
  ...more,
});
const claims = { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } };

describe('a prune guard', () => {
  it.each([
    object('Namespace'),
    object('PersistentVolumeClaim'),
    object('CustomResourceDefinition'),
    object('Application', { metadata: { name: 'root' } }),
    object('StatefulSet', claims),
  ])('prevents the removal of a $kind without a confirmation', (manifest) => {
    expect(addPruneGuards(manifest).metadata.annotations?.[OPTIONS]).toBe('Prune=confirm,Delete=confirm');
  });

  it.each([object('Application'), object('AppProject')])(
    'leaves a $kind that has gone from git, and lets the sync go on: the next commit may bring it back',
    (manifest) => {
      expect(addPruneGuards(manifest).metadata.annotations?.[OPTIONS]).toBe('Prune=false,Delete=confirm');
    },
  );

  it.each([object('Deployment'), object('ConfigMap'), object('StatefulSet', { spec: {} })])(
    'leaves a $kind as it is: it can be rendered again',
    (manifest) => {
      expect(addPruneGuards(manifest)).toBe(manifest);
    },
  );

  it('keeps the options and the annotations that are there', () => {
    const manifest = object('Namespace', {
      metadata: { name: 'x', annotations: { a: 'b', [OPTIONS]: 'ServerSideApply=true' } },
    });
    expect(addPruneGuards(manifest).metadata.annotations).toEqual({
      ...{ a: 'b', [OPTIONS]: 'ServerSideApply=true,Prune=confirm,Delete=confirm' },
    });
  });

  it('changes nothing the second time, and nothing but the annotation ever', () => {
    const kinds = fc.constantFrom('Namespace', 'Application', 'StatefulSet', 'Secret', 'Role');
    fc.assert(
      fc.property(
        kinds,
        fc.dictionary(fc.string(), fc.string()),
        fc.jsonValue(),
        (kind, annotations, data) => {
          const manifest = { ...object(kind), metadata: { name: 'x', annotations }, data };
          const once = addPruneGuards(manifest);
          expect(addPruneGuards(once)).toEqual(once);
          expect({ ...once, metadata: null }).toEqual({ ...manifest, metadata: null });
          if (guardsOf(manifest).length === 0) expect(once).toBe(manifest);
        },
      ),
    );
  });
});
