import { type DesiredObject, type Snapshot, valueAt } from '../../manifests/objects.ts';
import { placeOf } from '../../manifests/schema.ts';
import { folderOf } from '../../manifests/scope.ts';
import { type Consequence, type Rank, worstOf } from './ranks.ts';
import { scalers } from './rules-behaviour.ts';

/** Kinds that hold data, or objects that do, and what goes with them. */
const holders: Readonly<Record<string, string>> = {
  Namespace: 'everything in the namespace goes with it',
  PersistentVolumeClaim: 'the volume goes with its claim',
  PersistentVolume: 'the storage may go with it',
  VolumeSnapshot: 'the snapshot goes with it',
  CustomResourceDefinition: 'all its custom resources go with it',
  'Elasticsearch.elasticsearch.k8s.elastic.co': 'the operator deletes its volumes',
};

/** A new object. */
export function additionOf({ kind, group }: DesiredObject): Consequence {
  return scalers.includes(placeOf(kind, group))
    ? { rank: 'scaling', reason: 'added: decides how many pods run' }
    : { rank: 'config', reason: 'added' };
}

/** An object that is wanted no more, and so pruned. */
export function removalOf(object: DesiredObject, base: Snapshot, head: Snapshot): Consequence {
  const { rank, reason } = lossOf(object, base, head);
  return { rank, reason: sentence(`removed: ${reason}`, successorOf(object, head), syncOptionOf(object)) };
}

const sentence = (...notes: readonly (string | undefined)[]): string =>
  notes.filter((note) => note !== undefined).join('; ');

/** An object that another Application of the environment takes over. */
export function moveOf(
  before: DesiredObject,
  after: DesiredObject,
  base: Snapshot,
  head: Snapshot,
): Consequence {
  const [from, to] = [before.application, after.application];
  const { rank } = lossOf(before, base, head);
  const move = `moves from '${from}' to '${to}': '${from}' may prune it before '${to}' has it`;
  return { rank, reason: sentence(move, syncOptionOf(before)) };
}

function lossOf(object: DesiredObject, base: Snapshot, head: Snapshot): Consequence {
  const place = placeOf(object.kind, object.group);
  const held = holders[place];
  if (held !== undefined) return { rank: 'data-loss', reason: held };
  if (place === 'Application.argoproj.io') return applicationLoss(object, base, head);
  const claims = valueAt(object.fields, ['spec', 'volumeClaimTemplates']);
  return place === 'StatefulSet' && Array.isArray(claims) && claims.length > 0
    ? { rank: 'data-loss', reason: 'its volumes lose their owner, or go with it' }
    : { rank: 'prune', reason: 'Argo CD deletes it' };
}

/** With the finalizer the deletion of an Application deletes its objects as well. */
function applicationLoss(object: DesiredObject, base: Snapshot, head: Snapshot): Consequence {
  const finalizers = valueAt(object.fields, ['metadata', 'finalizers']);
  const cascades =
    Array.isArray(finalizers) &&
    finalizers.some((one) => String(one).startsWith('resources-finalizer.argocd.argoproj.io'));
  if (!cascades) return { rank: 'prune', reason: 'its objects stay, and nobody syncs them' };
  const managed = managedBy(object, base);
  const losses: Rank[] = managed.map((one) => lossOf(one, base, head).rank);
  const what = managed.length === 0 ? 'everything that it manages' : `its ${managed.length} objects`;
  return { rank: worstOf(['prune', ...losses]) ?? 'prune', reason: `deletes ${what} as well` };
}

/** What stands in the folder of dist/ that the Application syncs; another Application is not followed further. */
function managedBy(application: DesiredObject, base: Snapshot): DesiredObject[] {
  const folder = folderOf(valueAt(application.fields, ['spec', 'source', 'path']));
  if (folder === undefined) return [];
  const inside = [...base.objects.values()].filter(({ file }) => file.startsWith(`${folder}/`));
  return inside.filter((one) => one.kind !== 'Application');
}

/** Objects named after their content (`topology-0acf1208b7`) are replaced under another name. */
function successorOf(
  { environment, kind, namespace, name }: DesiredObject,
  head: Snapshot,
): string | undefined {
  const stem = HASHED.exec(name)?.[1];
  const successor = [...head.objects.values()].find(
    (one) =>
      one.environment === environment &&
      one.kind === kind &&
      one.namespace === namespace &&
      stem !== undefined &&
      HASHED.exec(one.name)?.[1] === stem,
  );
  return successor === undefined ? undefined : `followed by ${successor.name}`;
}

const HASHED = /^(.+)-[0-9a-f]{8,}$/;

function syncOptionOf({ fields }: DesiredObject): string | undefined {
  const options = valueAt(fields, ['metadata', 'annotations', 'argocd.argoproj.io/sync-options']);
  if (typeof options !== 'string') return undefined;
  if (/\bPrune=false\b/.test(options)) return 'Prune=false keeps it in the cluster';
  return /\bPrune=confirm\b/.test(options) ? 'Prune=confirm asks before' : undefined;
}
