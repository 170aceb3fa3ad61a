import { type DesiredObject, type Snapshot, titleOf, valueAt } from '../../manifests/objects.ts';
import { placeOf } from '../../manifests/schema.ts';
import { cascades, heirOf, namesOf, type Retired, retiredIn, syncedBy } from './applications.ts';
import type { Consequence } from './findings.ts';
import { scalers } from './rules-behaviour.ts';

/** Kinds that hold data, or objects that do, and what goes with them. */
const DATA_BEARING_KINDS: Readonly<Record<string, string>> = {
  Namespace: 'everything in the namespace goes with it',
  PersistentVolumeClaim: 'the volume goes with its claim, unless its reclaim policy is Retain',
  PersistentVolume: 'the storage may go with it',
  VolumeSnapshot: 'the snapshot goes with it',
  CustomResourceDefinition: 'all its custom resources go with it',
  VolumeSnapshotContent: 'the snapshot may go with it',
  'Elasticsearch.elasticsearch.k8s.elastic.co': 'the operator deletes its volumes',
  'Cluster.postgresql.cnpg.io': 'the operator deletes its volumes',
  'RabbitmqCluster.rabbitmq.com': 'the operator deletes its volumes',
  'Queue.rabbitmq.com': 'the operator deletes the queue with its messages',
  'Vhost.rabbitmq.com': 'the operator deletes the virtual host with its queues',
  'KafkaTopic.kafka.strimzi.io': 'the operator deletes the topic with its messages',
  'PerconaServerMongoDB.psmdb.percona.com': 'its servers go; their volumes stay',
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
export function transferOf(
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

/** What it means that an object is deleted. */
export function lossOf(object: DesiredObject, base: Snapshot, head: Snapshot): Consequence {
  const place = placeOf(object.kind, object.group);
  const held = DATA_BEARING_KINDS[place];
  if (held !== undefined && !isRetained(object)) return { rank: 'data-loss', reason: held };
  if (place === 'Application.argoproj.io') return applicationLoss(object, base, head);
  if (place === 'ApplicationSet.argoproj.io') return setLoss(object, base, head);
  const left = leftBehind(object, place);
  if (left !== undefined) return left;
  const claims = valueAt(object.fields, ['spec', 'volumeClaimTemplates']);
  return place === 'StatefulSet' && Array.isArray(claims) && claims.length > 0
    ? { rank: 'data-loss', reason: 'its volumes lose their owner, or go with it' }
    : { rank: 'prune', reason: 'Argo CD deletes it' };
}

/** What external-secrets does where an object of its own goes. @see https://external-secrets.io/latest/guides/ownership-deletion-policy/ */
function leftBehind({ fields }: DesiredObject, place: string): Consequence | undefined {
  const policy = (...path: string[]): unknown => valueAt(fields, ['spec', ...path]);
  if (place === 'PushSecret.external-secrets.io' && policy('deletionPolicy') === 'Delete')
    return {
      rank: 'data-loss',
      reason: 'what it wrote is deleted from its provider as well (deletionPolicy)',
    };
  if (place === 'ExternalSecret.external-secrets.io' && policy('target', 'creationPolicy') === 'Orphan')
    return { rank: 'prune', reason: 'Argo CD deletes it; its Secret stays, and nothing updates it' };
  return undefined;
}

/** RabbitMQ's topology operator leaves what says so. */
const isRetained = ({ group, fields }: DesiredObject): boolean =>
  group === 'rabbitmq.com' && valueAt(fields, ['spec', 'deletionPolicy']) === 'retain';

/** With the finalizer the deletion of an Application deletes its objects as well, and those of its own Applications. */
function applicationLoss(object: DesiredObject, base: Snapshot, head: Snapshot): Consequence {
  const heir = heirOf(object, base, head);
  if (!cascades(object))
    return heir === undefined
      ? { rank: 'prune', reason: 'its objects stay, and no Application manages them' }
      : { rank: 'config', reason: `its objects stay, and ${titleOf(heir)} syncs them from now on` };
  const { rank, reason } = deletionOf(managedBy(object, base), base, head);
  const then = heir === undefined ? '' : `, until ${titleOf(heir)} makes them anew`;
  return { rank, reason: `${reason}${then}` };
}

/** What it means that objects are deleted together, those that hold data by their names. */
export function deletionOf(objects: readonly DesiredObject[], base: Snapshot, head: Snapshot): Consequence {
  const apart = objects.filter(({ kind }) => kind !== 'Application');
  const lost = apart.filter((one) => lossOf(one, base, head).rank === 'data-loss');
  const what = objects.length === 0 ? 'everything that it manages' : `its ${objects.length} objects`;
  const among = lost.length === 0 ? '' : `, ${namesOf(lost)} among them`;
  return { rank: lost.length === 0 ? 'prune' : 'data-loss', reason: `deletes ${what} as well${among}` };
}

/** What an Application syncs, and what those of its Applications that have the finalizer sync. */
function managedBy(application: DesiredObject, base: Snapshot, seen = new Set<string>()): DesiredObject[] {
  seen.add(application.identity);
  const own = syncedBy(application, base).filter(({ identity }) => !seen.has(identity));
  const below = own
    .filter((one) => one.kind === 'Application' && cascades(one))
    .flatMap((one) => (seen.has(one.identity) ? [] : managedBy(one, base, seen)));
  return [...new Set([...own, ...below])];
}

function setLoss(object: DesiredObject, base: Snapshot, head: Snapshot): Consequence {
  return retirement(retiredIn(object, undefined, base), object, base, head);
}

/** The end of Applications that an ApplicationSet made. @see https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Application-Deletion/ */
export function retirement(
  retired: readonly Retired[],
  set: DesiredObject,
  base: Snapshot,
  head: Snapshot,
): Consequence {
  const who = `the Application of ${retired.map(({ element }) => element).join(', ') || 'every element'} goes`;
  if (valueAt(set.fields, ['spec', 'syncPolicy', 'preserveResourcesOnDeletion']) === true)
    return { rank: 'prune', reason: `${who}; its objects stay, and no Application manages them` };
  const { rank, reason } = deletionOf(
    retired.flatMap(({ objects }) => objects),
    base,
    head,
  );
  return { rank, reason: `${who}, and ${reason}` };
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
