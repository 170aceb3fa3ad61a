import { OptionReader } from '../arguments.ts';
import { snapshotOf } from '../diff/objects.ts';
import { type Capacity, capacityOf, type Nodes } from './capacity.ts';
import { parseNode } from './node-option.ts';
import { ANY_POOL } from './pools.ts';

/** The capacity of an environment 'local' with these objects, written as YAML documents. */
export function capacityOfYaml(documents: readonly string[], nodes?: Nodes): Capacity {
  const files = new Map(documents.map((text, index) => [`local/shop/${index}.yaml`, text]));
  return capacityOf('local', [...snapshotOf('test', files).objects.values()], nodes);
}

/** `nodesOf('cpu=1,memory=1Gi', 3)` */
export const nodesOf = (size: string, count?: number, pool = ANY_POOL): Nodes => ({
  size: parseNode(new OptionReader('test'), size),
  count,
  pool,
});

/** A Deployment of the namespace 'shop' whose pods request CPU. */
export const deployment = (name: string, replicas: number, cpu: string, pod = ''): string =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: ${name}, namespace: shop}, spec: {replicas: ${replicas},
    strategy: {type: Recreate}, template: {spec: {${pod}
    containers: [{name: app, resources: {requests: {cpu: ${cpu}}}}]}}}}`;

export const priorityClass = (name: string, value: number, rest = ''): string =>
  `{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: ${name}}, value: ${value}, ${rest}}`;
