import { onceForFields } from '../memo.ts';
import { type DesiredObject, isFields, titleOf } from '../objects.ts';
import { parseYaml } from '../yaml.ts';

/** The YAML and JSON documents in a ConfigMap; what is none is left out. */
export const parseAll = onceForFields((fields): readonly unknown[] => {
  const texts = isFields(fields.data) ? Object.values(fields.data) : [];
  return texts.flatMap((text) => {
    try {
      return [...parseYaml(String(text))];
    } catch {
      return [];
    }
  });
});

/** The kinds of links that objects have, as 'from -> to'. */
export const linkKinds = [
  'workload -> ServiceAccount',
  'workload -> PriorityClass',
  'workload -> ConfigMap',
  'workload -> Secret',
  'workload -> PersistentVolumeClaim',
  'workload -> image',
  'workload -> RuntimeClass',
  'workload -> Service',
  'workload -> DNS',
  'StatefulSet -> Service',
  'Service -> pods',
  'Service -> container port',
  'Ingress -> Service',
  'Ingress -> controller',
  'Ingress -> ClusterIssuer',
  'Ingress -> Secret',
  'HTTPRoute -> Gateway',
  'HTTPRoute -> Service',
  'HTTPRoute -> ReferenceGrant',
  'API server -> Service',
  'AdmissionPolicyBinding -> policy',
  'IngressRoute -> controller',
  'IngressRoute -> TraefikService',
  'IngressRoute -> Middleware',
  'TraefikService -> Service',
  'VirtualService -> Service',
  'Certificate -> ClusterIssuer',
  'Certificate -> Issuer',
  'Rollout -> router',
  'Rollout -> AnalysisTemplate',
  'Rollout -> workload',
  'AnalysisTemplate -> metric',
  'AnalysisTemplate -> Service',
  'NetworkPolicy -> pods',
  'NetworkPolicy -> peer',
  'PodDisruptionBudget -> pods',
  'scaler -> workload',
  'scaler -> Service',
  'HorizontalPodAutoscaler -> workload',
  'HorizontalPodAutoscaler -> metric',
  'VerticalPodAutoscaler -> workload',
  'ScaledObject -> workload',
  'ScaledObject -> TriggerAuthentication',
  'TriggerAuthentication -> Secret',
  'binding -> role',
  'binding -> ServiceAccount',
  'Role -> object',
  'ExternalSecret -> store',
  'ServiceMonitor -> Service',
  'PodMonitor -> pods',
  'monitor -> Prometheus',
  'PrometheusRule -> metric',
  'metric -> ServiceMonitor',
  'Application -> folder',
  'Application -> AppProject',
  'Application -> namespace',
  'object -> named object',
] as const;

export type LinkKind = (typeof linkKinds)[number];

/** Where a link leads. */
export type End =
  | { readonly kind: 'object'; readonly object: DesiredObject }
  /** To what is no object of dist/, in words. */
  | { readonly kind: 'outside'; readonly what: string }
  /** Nowhere: what is missing. */
  | {
      readonly kind: 'broken';
      readonly why: string;
      /** What is no object of dist/ may still be there, made by hand or by an operator. @default false */
      readonly unsure?: true;
      /** What else has a part in it: policies, the pods that lack a port. @default none */
      readonly about?: readonly DesiredObject[];
    };

/** Something that an object expects to be there. */
export interface Link {
  readonly from: DesiredObject;
  readonly kind: LinkKind;
  /** After the object's title, before the end's: `selects the pods of`. */
  readonly says: string;
  /** What of the end is expected, where `says` leaves it out. */
  readonly expects?: string;
  readonly end: End;
}

/** The end of a link at an object of the desired state. */
export const toObject = (object: DesiredObject): End => ({ kind: 'object', object });
/** The end of a link at something that the desired state does not hold. */
export const outside = (what: string): End => ({ kind: 'outside', what });
/** The end of a link that leads nowhere. */
export const broken = (why: string, about: readonly DesiredObject[] = []): End => ({
  kind: 'broken',
  why,
  about,
});
/** Broken as far as dist/ shows: what is missing may come from elsewhere. */
export const absent = (why: string, about: readonly DesiredObject[] = []): End => ({
  kind: 'broken',
  why,
  unsure: true,
  about,
});

/** The object where there is one, else a broken end. */
export const found = (
  object: DesiredObject | undefined,
  why: string,
  otherwise: (why: string) => End = broken,
): End => (object === undefined ? otherwise(why) : toObject(object));

/** The end of a link, for people. */
export const textOfEnd = (end: End): string => {
  if (end.kind === 'object') return titleOf(end.object);
  return end.kind === 'outside' ? end.what : `BROKEN: ${end.why}`;
};

/** `Service shop/web of local: selects no pods: ...` */
export const sentenceOf = ({ from, says, end }: Link): string =>
  `${titleOf(from)} of ${from.environment} ${says}: ${end.kind === 'broken' ? end.why : textOfEnd(end)}`;
