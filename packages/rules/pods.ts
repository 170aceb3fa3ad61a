import { jsonText } from '../manifests/embedded.ts';
import { selects } from '../manifests/links/selection.ts';
import { type DesiredObject, type Fields, isFields, valueAt } from '../manifests/objects.ts';
import { compareQuantities } from '../manifests/quantities.ts';
import { listAt, podLabelsOf, podSpecOf } from '../manifests/references.ts';
import { type Rule, unless, type Violation } from './objects.ts';

/** The containers of a pod's spec, those that run first among them. */
export const containersIn = (spec: Fields): readonly Fields[] =>
  ['initContainers', 'containers'].flatMap((field) => listAt(spec, [field])).filter(isFields);

/** What the API server, the kubelet or the pod itself cannot do with its own spec. */
export const podRules: Rule = (object) => {
  const spec = podSpecOf(object);
  if (spec === undefined) return [];
  return [
    ...containersIn(spec).flatMap((container) => [
      ...limits(object, container),
      ...probePorts(object, container),
      ...mounts(object, spec, container),
    ]),
    ...grace(object, spec),
    ...user(object, spec),
    ...twice(object, spec),
    ...selector(object),
  ];
};

/** @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
function limits(object: DesiredObject, { name, resources }: Fields): readonly Violation[] {
  const of = (field: string): Fields => {
    const found = valueAt(resources, [field]);
    return isFields(found) ? found : {};
  };
  const [requests, most] = [of('requests'), of('limits')];
  return Object.entries(most).flatMap(([what, limit]) => {
    const request = requests[what];
    const isBelow = request !== undefined && (compareQuantities(limit, request) ?? 0) < 0;
    const why = `the limit of ${what} (${limit}) of container ${name} is below its request (${request})`;
    return unless(!isBelow, object, `limit below request/${name}/${what}`, why);
  });
}

/** A probe or hook that asks a port by a name that the container does not declare never succeeds. */
function probePorts(object: DesiredObject, container: Fields): readonly Violation[] {
  const names = listAt(container, ['ports']).map((port) => valueAt(port, ['name']));
  const asked = ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) =>
    ['httpGet', 'tcpSocket'].map((how) => ({ probe, port: valueAt(container, [probe, how, 'port']) })),
  );
  return asked.flatMap(({ probe, port }) => {
    const isMissing = typeof port === 'string' && !/^\d+$/.test(port) && !names.includes(port);
    const why = `the ${probe} of container ${container.name} asks port ${port}, which it does not declare`;
    return unless(!isMissing, object, `probe port/${container.name}/${probe}`, why);
  });
}

/** @see https://kubernetes.io/docs/concepts/storage/volumes/ */
function mounts(object: DesiredObject, spec: Fields, container: Fields): readonly Violation[] {
  const claims = listAt(object.fields, ['spec', 'volumeClaimTemplates']).map((one) =>
    valueAt(one, ['metadata', 'name']),
  );
  const volumes = [...listAt(spec, ['volumes']).map((one) => valueAt(one, ['name'])), ...claims];
  return listAt(container, ['volumeMounts']).flatMap((mount) => {
    const name = valueAt(mount, ['name']);
    const why = `container ${container.name} mounts the volume ${name}, which the pod does not have`;
    return unless(volumes.includes(name), object, `mount/${container.name}/${name}`, why);
  });
}

/** A hook that outlasts the grace period is killed with its container. */
function grace(object: DesiredObject, spec: Fields): readonly Violation[] {
  const seconds = spec.terminationGracePeriodSeconds ?? 30;
  return containersIn(spec).flatMap((container) => {
    const sleeps = sleepOf(valueAt(container, ['lifecycle', 'preStop']));
    const fits = sleeps === undefined || typeof seconds !== 'number' || sleeps < seconds;
    const why = `the preStop hook of container ${container.name} sleeps ${sleeps} s of a grace period of ${seconds} s: the container is killed before it can stop`;
    return unless(fits, object, `grace below preStop/${container.name}`, why);
  });
}

/** Seconds; undefined where the hook does something else. */
function sleepOf(hook: unknown): number | undefined {
  const seconds = valueAt(hook, ['sleep', 'seconds']);
  if (typeof seconds === 'number') return seconds;
  const command = listAt(hook, ['exec', 'command']).join(' ');
  const text = /(?:^|[\s/;&])sleep (\d+)(?=$|[\s;&])/.exec(command)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** The kubelet starts no container as root that must not run as root. */
function user(object: DesiredObject, spec: Fields): readonly Violation[] {
  return containersIn(spec).flatMap((container) => {
    const of = (field: string): unknown =>
      valueAt(container, ['securityContext', field]) ?? valueAt(spec, ['securityContext', field]);
    const isRoot = of('runAsNonRoot') === true && of('runAsUser') === 0;
    const why = `container ${container.name} must not run as root (runAsNonRoot) and is to run as user 0`;
    return unless(!isRoot, object, `root/${container.name}`, why);
  });
}

function twice(object: DesiredObject, spec: Fields): readonly Violation[] {
  const named = (of: string, names: readonly unknown[]): readonly Violation[] =>
    [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].flatMap((name) =>
      unless(false, object, `twice/${of}/${name}`, `the ${of} ${name} is there twice`),
    );
  return [
    ...named(
      'container',
      containersIn(spec).map(({ name }) => name),
    ),
    ...named(
      'volume',
      listAt(spec, ['volumes']).map((one) => valueAt(one, ['name'])),
    ),
  ];
}

const SELECTING = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Rollout'];

/** The API server refuses a workload that does not select its own pods. */
function selector(object: DesiredObject): readonly Violation[] {
  const wanted = valueAt(object.fields, ['spec', 'selector']);
  if (!SELECTING.includes(object.kind) || !isFields(wanted)) return [];
  const why = `its selector ${jsonText(wanted)} does not select the labels of its own pods`;
  return unless(selects(wanted, podLabelsOf(object)), object, 'own selector', why);
}
