import { type DesiredObject, valueAt } from '../../manifests/objects.ts';
import { listAt } from '../../manifests/references.ts';
import type { Sides } from './sides.ts';

/** A claim, or claims of a StatefulSet, whose StorageClass a change removes. */
export interface Classless {
  readonly object: DesiredObject;
  readonly why: string;
  readonly causes: readonly string[];
}

/**
 * A class that dist/ never had is the cloud's. Bound claims keep their volumes, new ones get none.
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/
 */
export function classlessIn({ before, after }: Sides): Classless[] {
  const left = new Set(after.ofKind('StorageClass').map(({ name }) => name));
  const gone = before.ofKind('StorageClass').filter(({ name }) => !left.has(name));
  if (gone.length === 0) return [];
  return after.objects.flatMap((object) =>
    gone
      .filter(({ name }) => classesOf(object).includes(name))
      .map(({ identity, name }) => ({
        object,
        why: `gets its storage from: StorageClass ${name} is not there, and new claims wait for it`,
        causes: [identity],
      })),
  );
}

function classesOf({ kind, fields }: DesiredObject): unknown[] {
  const claims =
    kind === 'PersistentVolumeClaim' ? [fields] : listAt(fields, ['spec', 'volumeClaimTemplates']);
  return claims.map((claim) => valueAt(claim, ['spec', 'storageClassName']));
}
