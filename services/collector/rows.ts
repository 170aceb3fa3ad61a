import type {
  CoreV1Event,
  V1Condition,
  V1Container,
  V1Ingress,
  V1Namespace,
  V1Node,
  V1ObjectMeta,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import type {
  AutoscalerRow,
  ClaimRow,
  EventRow,
  IngressRow,
  NamespaceRow,
  NodeRow,
  PodRow,
  ServiceRow,
} from '../../packages/contracts/cluster-snapshot.ts';
import { parseInstant } from '../../packages/contracts/instant.ts';

/** A field of an object, no longer than a reader takes. */
export const short = (value: string | undefined): string => (value ?? '').slice(0, 1024);
const optional = (value: string | undefined): string | undefined =>
  value === undefined || value === '' ? undefined : short(value);
const whole = (value: number | undefined): number => Math.max(0, Math.trunc(value ?? 0));

/** Epoch milliseconds of a time as the client or a custom resource gives it; 0 where there is none. */
export function millisecondsOf(value: Date | string | undefined): number {
  const at = value instanceof Date ? value.getTime() : parseInstant(value);
  return at !== undefined && Number.isFinite(at) ? Math.max(0, at) : 0;
}

const FACTORS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** '250m' -> 0.25; what is no quantity counts as none. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export function quantity(value: string | undefined): number {
  const [, digits = '0', suffix = ''] =
    /^\+?(\d+\.?\d*(?:[eE][-+]?\d+)?)([a-zA-Z]*)$/.exec(value ?? '') ?? [];
  return Number(digits) * (FACTORS[suffix] ?? 0);
}

/** Name, namespace and age of an object. */
export const placedOf = (metadata: V1ObjectMeta | undefined) => ({
  name: short(metadata?.name),
  namespace: short(metadata?.namespace),
  created: millisecondsOf(metadata?.creationTimestamp),
});

const namedOf = (metadata: V1ObjectMeta | undefined) => {
  const { namespace: _, ...named } = placedOf(metadata);
  return named;
};

const isTrue = (conditions: readonly Pick<V1Condition, 'type' | 'status'>[] | undefined, type: string) =>
  conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

/** Properties that have a value. */
const present = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

/** A Node as a row of the snapshot. */
export function nodeRow({ metadata, spec, status }: V1Node): NodeRow {
  const labels = metadata?.labels ?? {};
  const { cpu, memory, pods } = status?.allocatable ?? {};
  const conditions = status?.conditions ?? [];
  return {
    ...namedOf(metadata),
    ready: isTrue(conditions, 'Ready'),
    cordoned: spec?.unschedulable ?? false,
    pressures: conditions
      .filter(({ type, status: state }) => type !== 'Ready' && state === 'True')
      .map(({ type }) => short(type)),
    version: short(status?.nodeInfo?.kubeletVersion),
    ...present({
      zone: optional(labels['topology.kubernetes.io/zone']),
      instance: optional(labels['node.kubernetes.io/instance-type']),
    }),
    allocatable: { cpu: quantity(cpu), memory: quantity(memory), pods: whole(Number(pods ?? 0)) },
  };
}

/** A Namespace as a row of the snapshot. */
export const namespaceRow = ({ metadata, status }: V1Namespace): NamespaceRow => ({
  ...namedOf(metadata),
  phase: short(status?.phase),
});

/** What a pod reserves: the sum of its containers, or its largest init container. */
function requestsOf(containers: readonly V1Container[], init: readonly V1Container[]) {
  const of = (resource: 'cpu' | 'memory') => {
    const each = (all: readonly V1Container[]) =>
      all.map(({ resources }) => quantity(resources?.requests?.[resource]));
    return Math.max(
      each(containers).reduce((sum, value) => sum + value, 0),
      ...each(init),
    );
  };
  return { cpu: of('cpu'), memory: of('memory') };
}

const DIGEST = /sha256:[0-9a-f]{64}/;

/** A Pod as a row of the snapshot. */
export function podRow({ metadata, spec, status }: V1Pod): PodRow {
  const states = status?.containerStatuses ?? [];
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller);
  const waiting = [...(status?.initContainerStatuses ?? []), ...states]
    .map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason)
    .find((reason) => reason !== undefined && reason !== 'Completed');
  const { containers = [], initContainers = [], nodeName } = spec ?? {};
  return {
    ...placedOf(metadata),
    phase: metadata?.deletionTimestamp === undefined ? short(status?.phase) : 'Terminating',
    ready: isTrue(status?.conditions, 'Ready'),
    restarts: states.reduce((sum, { restartCount }) => sum + whole(restartCount), 0),
    ...present({
      node: optional(nodeName),
      reason: optional(status?.reason ?? waiting),
      owner: owner && { kind: short(owner.kind), name: short(owner.name) },
    }),
    requests: requestsOf(containers, initContainers),
    images: containers.map(({ name, image }) => {
      const digest = DIGEST.exec(states.find((state) => state.name === name)?.imageID ?? '')?.[0];
      return { image: short(image), ...present({ digest }) };
    }),
  };
}

/** A Service as a row of the snapshot. */
export const serviceRow = ({ metadata, spec }: V1Service): ServiceRow => ({
  ...placedOf(metadata),
  type: short(spec?.type),
  ports: (spec?.ports ?? []).map(({ port }) => port),
});

/** An Ingress as a row of the snapshot. */
export const ingressRow = ({ metadata, spec }: V1Ingress): IngressRow => ({
  ...placedOf(metadata),
  ...present({ class: optional(spec?.ingressClassName) }),
  addresses: (spec?.rules ?? []).flatMap(({ host = '*', http }) =>
    (http?.paths ?? []).map(({ path = '/' }) => short(`${host}${path}`)),
  ),
});

/** An HPA as a row of the snapshot. */
export function autoscalerRow({ metadata, spec, status }: V2HorizontalPodAutoscaler): AutoscalerRow {
  const conditions = status?.conditions ?? [];
  const failing = conditions.find(
    ({ type, status: state }) => type !== 'ScalingLimited' && state === 'False',
  );
  const limited = conditions.find(({ type, status: state }) => type === 'ScalingLimited' && state === 'True');
  return {
    ...placedOf(metadata),
    target: short(`${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`),
    min: whole(spec?.minReplicas ?? 1),
    max: whole(spec?.maxReplicas),
    current: whole(status?.currentReplicas),
    desired: whole(status?.desiredReplicas),
    ...present({ reason: optional((failing ?? limited)?.reason) }),
  };
}

/** A PersistentVolumeClaim as a row of the snapshot. */
export const claimRow = ({ metadata, spec, status }: V1PersistentVolumeClaim): ClaimRow => ({
  ...placedOf(metadata),
  phase: short(status?.phase),
  ...present({ class: optional(spec?.storageClassName) }),
  bytes: quantity(status?.capacity?.storage ?? spec?.resources?.requests?.storage),
  modes: (spec?.accessModes ?? []).map(short),
});

/** An Event as a row of the snapshot. */
export const eventRow = (event: CoreV1Event): EventRow => ({
  namespace: short(event.involvedObject.namespace),
  kind: short(event.involvedObject.kind),
  name: short(event.involvedObject.name),
  reason: short(event.reason),
  message: short(event.message).slice(0, 300),
  count: whole(event.count ?? event.series?.count ?? 1),
  lastSeen: millisecondsOf(
    event.series?.lastObservedTime ??
      event.lastTimestamp ??
      event.eventTime ??
      event.metadata.creationTimestamp,
  ),
});
