import { type DesiredObject, titleOf } from '../../manifests/objects.ts';

/** The kinds of links that objects have, as 'from -> to'. */
export const linkKinds = [
  'workload -> ServiceAccount',
  'workload -> PriorityClass',
  'workload -> ConfigMap',
  'workload -> Secret',
  'workload -> PersistentVolumeClaim',
  'workload -> image',
  'workload -> Service',
  'StatefulSet -> Service',
  'Service -> pods',
  'Service -> container port',
  'Ingress -> Service',
  'Ingress -> controller',
  'Ingress -> ClusterIssuer',
  'IngressRoute -> controller',
  'IngressRoute -> TraefikService',
  'TraefikService -> Service',
  'VirtualService -> Service',
  'Certificate -> ClusterIssuer',
  'Rollout -> router',
  'Rollout -> AnalysisTemplate',
  'AnalysisTemplate -> metric',
  'AnalysisTemplate -> Service',
  'NetworkPolicy -> pods',
  'NetworkPolicy -> peer',
  'PodDisruptionBudget -> pods',
  'scaler -> workload',
  'scaler -> Service',
  'HorizontalPodAutoscaler -> workload',
  'HorizontalPodAutoscaler -> metric',
  'ScaledObject -> workload',
  'binding -> role',
  'binding -> ServiceAccount',
  'Role -> object',
  'ExternalSecret -> store',
  'ServiceMonitor -> Service',
  'PrometheusRule -> metric',
  'metric -> ServiceMonitor',
  'Application -> folder',
  'Application -> AppProject',
  'Application -> namespace',
] as const;

export type LinkKind = (typeof linkKinds)[number];

/** Where a link leads. */
export type End =
  | { readonly kind: 'object'; readonly object: DesiredObject }
  /** To what is no object of dist/, in words. */
  | { readonly kind: 'outside'; readonly what: string }
  /** Nowhere: what is missing. */
  | { readonly kind: 'broken'; readonly why: string };

/** Something that an object expects to be there. */
export interface Link {
  readonly from: DesiredObject;
  readonly kind: LinkKind;
  /** After the object's title, before the end's: `selects the pods of`. */
  readonly says: string;
  readonly end: End;
}

export const toObject = (object: DesiredObject): End => ({ kind: 'object', object });
export const outside = (what: string): End => ({ kind: 'outside', what });
export const broken = (why: string): End => ({ kind: 'broken', why });

/** The object where there is one, else a broken end. */
export const found = (object: DesiredObject | undefined, why: string): End =>
  object === undefined ? broken(why) : toObject(object);

export const textOfEnd = (end: End): string => {
  if (end.kind === 'object') return titleOf(end.object);
  return end.kind === 'outside' ? end.what : `BROKEN: ${end.why}`;
};

/** `Service shop/web of local: selects no pods: ...` */
export const sentenceOf = ({ from, says, end }: Link): string =>
  `${titleOf(from)} of ${from.environment} ${says}: ${end.kind === 'broken' ? end.why : textOfEnd(end)}`;
