import { type DesiredObject, valueAt } from '../../manifests/objects.ts';
import { broken, type End, found, type Link, outside } from './links.ts';
import type { World } from './world.ts';

/** What an Application of Argo CD delivers, within which bounds, and where. */
export function deliveryLinks(from: DesiredObject, world: World): Link[] {
  if (from.kind !== 'Application') return [];
  const spec = valueAt(from.fields, ['spec']);
  const project = valueAt(spec, ['project']);
  const namespace = String(valueAt(spec, ['destination', 'namespace']));
  const bounds = found(
    world.named('AppProject', from.namespace, project),
    `AppProject ${project} is not there`,
  );
  return [
    { from, kind: 'Application -> folder', says: 'delivers', end: sourceEnd(from, spec, world) },
    { from, kind: 'Application -> AppProject', says: 'is bound by', end: bounds },
    { from, kind: 'Application -> namespace', says: 'goes to', end: namespaceEnd(namespace, world) },
  ];
}

function sourceEnd({ environment }: DesiredObject, spec: unknown, world: World): End {
  const [path, chart, version] = ['path', 'chart', 'targetRevision'].map((field) =>
    valueAt(spec, ['source', field]),
  );
  if (path === undefined) return outside(`chart ${chart} ${version}`);
  const many = world.objects.filter((one) => `dist/${environment}/${one.application}` === path).length;
  return many === 0
    ? broken(`${path} holds no object: Argo CD would sync nothing`)
    : outside(`${many} objects of ${path}`);
}

const namespaceEnd = (name: string, world: World): End =>
  ['kube-system', 'default'].includes(name)
    ? outside(`Namespace ${name} of Kubernetes`)
    : found(world.named('Namespace', undefined, name), `Namespace ${name} is not there`);
