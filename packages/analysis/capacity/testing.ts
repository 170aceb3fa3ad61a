import { snapshotOf } from '../../manifests/objects.ts';
import { type Capacity, capacityOf, type Nodes } from './capacity.ts';
import { ANY_POOL, parseNodeSize } from './nodes.ts';

/** The capacity of an environment 'local' with these objects, written as YAML documents. */
export function capacityOfYaml(documents: readonly string[], nodes?: Nodes): Capacity {
  const files = new Map(documents.map((text, index) => [`local/shop/${index}.yaml`, text]));
  return capacityOf('local', [...snapshotOf('test', files).objects.values()], nodes);
}

/** `nodesOf('cpu=1,memory=1Gi', 3)` */
export function nodesOf(text: string, count?: number, pool = ANY_POOL): Nodes {
  const size = parseNodeSize(text);
  if ('faults' in size) throw new Error(size.faults.join('; '));
  return { size, count, pool };
}

/** A Deployment of the namespace 'shop' whose pods request CPU. */
export const deployment = (name: string, replicas: number, cpu: string, pod = ''): string =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: ${name}, namespace: shop}, spec: {replicas: ${replicas},
    strategy: {type: Recreate}, template: {spec: {${pod}
    containers: [{name: app, resources: {requests: {cpu: ${cpu}}}}]}}}}`;

/** A PriorityClass as YAML. */
export const priorityClass = (name: string, value: number, rest = ''): string =>
  `{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: ${name}}, value: ${value}, ${rest}}`;
