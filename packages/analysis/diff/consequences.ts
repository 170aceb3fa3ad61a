import type { ObjectIndex } from '../../manifests/links/object-index.ts';
import {
  accountOf,
  covers,
  hasToken,
  type Right,
  rightsIn,
  rightsText,
} from '../../manifests/links/rights.ts';
import { type DesiredObject, isGenerated, titleOf, valueAt } from '../../manifests/objects.ts';
import { listAt, podSpecOf } from '../../manifests/references.ts';
import { placeOf } from '../../manifests/schema.ts';
import { sourcesIn } from '../../manifests/scope.ts';
import type { Case, Consequence, Rule } from './findings.ts';
import { behaviour } from './rules-behaviour.ts';
import { delivery } from './rules-delivery.ts';
import { storageAndImmutable } from './rules-immutable.ts';
import { operated } from './rules-operators.ts';
import { definitions, metadata } from './rules-schema.ts';
import type { Sides } from './sides.ts';

/** An operator by the name of its chart, and the kinds whose objects stay in deletion until it takes its finalizer off. */
interface Operator {
  readonly chart: string;
  readonly finalizer: string;
  readonly kinds: readonly string[];
}

/**
 * Read in the sources of each: what a controller adds to the objects that it sees.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
 */
const operators: readonly Operator[] = [
  {
    chart: 'keda',
    finalizer: 'finalizer.keda.sh',
    kinds: ['ScaledObject', 'ScaledJob', 'TriggerAuthentication', 'ClusterTriggerAuthentication'].map(
      (kind) => `${kind}.keda.sh`,
    ),
  },
  {
    chart: 'external-secrets',
    finalizer: 'externalsecrets.external-secrets.io/externalsecret-cleanup',
    kinds: ['ExternalSecret.external-secrets.io'],
  },
  {
    chart: 'karpenter',
    finalizer: 'karpenter.k8s.aws/termination',
    kinds: ['EC2NodeClass.karpenter.k8s.aws'],
  },
  {
    chart: 'aws-load-balancer-controller',
    finalizer: 'elbv2.k8s.aws/resources',
    kinds: ['TargetGroupBinding.elbv2.k8s.aws'],
  },
];

/** An object that is removed together with the operator that alone can end its deletion. */
export interface Stranded {
  readonly object: DesiredObject;
  readonly why: string;
  /** Identities of the object and of the operator's Application. */
  readonly causes: readonly string[];
}

/** @returns objects that a change removes together with their operator, or leaves behind without it */
export const strandedIn = ({ before, after }: Sides): Stranded[] =>
  operators.flatMap((operator) => {
    const gone = applicationOf(operator, before.objects);
    if (gone === undefined || applicationOf(operator, after.objects) !== undefined) return [];
    return before.objects
      .filter(({ kind, group }) => operator.kinds.includes(placeOf(kind, group)))
      .map((object) => ({
        object,
        causes: [object.identity, gone.identity],
        why:
          `stays in deletion${object.namespace === undefined ? '' : ', and its namespace with it'}: only ${gone.name} takes '${operator.finalizer}' off it; ` +
          `remove ${titleOf(gone)} after it, in another change`,
      }));
  });

const applicationOf = ({ chart }: Operator, objects: readonly DesiredObject[]): DesiredObject | undefined =>
  objects.find(
    ({ kind, fields }) =>
      kind === 'Application' && sourcesIn(fields).some((source) => valueAt(source, ['chart']) === chart),
  );

/** What a workload that is there before and after may no longer ask the API server for. */
export interface LostRights {
  readonly workload: DesiredObject;
  readonly why: string;
  /** Identities of the bindings and roles that gave it. */
  readonly causes: readonly string[];
}

/** The rights of accounts that pods run as, before, without those that they have after. */
export function lostRights(before: ObjectIndex, after: ObjectIndex): LostRights[] {
  const [olds, news] = [before, after].map((world) => Map.groupBy(rightsIn(world), ({ subject }) => subject));
  const workloads = after.objects.filter((one) => podSpecOf(one) !== undefined);
  return workloads.flatMap((workload): LostRights[] => {
    const former = before.named(workload.kind, workload.namespace, workload.name);
    if (former === undefined) return [];
    const [was, is] = [former, workload].map((one) => accountOf(one.namespace, podSpecOf(one)));
    const had = olds?.get(was ?? '') ?? [];
    const has = [is ?? '', ...groupsOf(workload.namespace)]
      .flatMap((subject) => news?.get(subject) ?? [])
      .map((right): Right => ({ ...right, subject: was ?? '' }));
    if (had.length === 0) return [];
    return [...token(former, workload, before, after), ...withdrawn(workload, is ?? '', had, has)];
  });
}

/**
 * The groups that every account of a namespace is in: what they may do, it may.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens
 */
const groupsOf = (namespace: string | undefined): readonly string[] => [
  'Group system:authenticated',
  'Group system:serviceaccounts',
  ...(namespace === undefined ? [] : [`Group system:serviceaccounts:${namespace}`]),
];

function withdrawn(
  workload: DesiredObject,
  account: string,
  had: readonly Right[],
  has: readonly Right[],
): LostRights[] {
  const lost = had.filter((right) => !has.some((one) => covers(one, right)));
  const causes = [...new Set(lost.flatMap(({ by }) => by.map(({ identity }) => identity)))];
  return rightsText(lost).map((text) => ({
    workload,
    why: `runs as ${account}, which may no longer ${text}`,
    causes: [...causes, workload.identity],
  }));
}

/** Without a token none of the rights of its account is of use. */
function token(
  former: DesiredObject,
  workload: DesiredObject,
  before: ObjectIndex,
  after: ObjectIndex,
): LostRights[] {
  const [had, has] = [[former, before] as const, [workload, after] as const].map(([one, world]) =>
    mounts(one, world),
  );
  if (had !== true || has !== false) return [];
  const account = accountOf(workload.namespace, podSpecOf(workload));
  return [
    {
      workload,
      why: `gets no token of ${account} any more, which the rights of that account need`,
      causes: [workload.identity, ...accountsOf(workload, before)],
    },
  ];
}

const accountsOf = ({ namespace, ...rest }: DesiredObject, world: ObjectIndex): string[] => {
  const name = valueAt(podSpecOf({ namespace, ...rest }), ['serviceAccountName']) ?? 'default';
  const account = world.named('ServiceAccount', namespace, name);
  return account === undefined ? [] : [account.identity];
};

/** A pod may mount a token by a volume of its own. */
function mounts(workload: DesiredObject, world: ObjectIndex): boolean {
  const spec = podSpecOf(workload);
  const sources = listAt(spec, ['volumes']).flatMap((volume) => listAt(volume, ['projected', 'sources']));
  const own = sources.some((source) => valueAt(source, ['serviceAccountToken']) !== undefined);
  return own || hasToken(workload.namespace, spec, world);
}

/** What is applied in place, and what it is about. */
const subjects: readonly (readonly [about: string, kinds: readonly string[]])[] = [
  ['which connections are allowed', ['NetworkPolicy']],
  ['who may do what', ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ServiceAccount']],
  [
    'how it is reached',
    [
      'Service',
      'Ingress',
      'Gateway',
      'HTTPRoute',
      'IngressRoute.traefik.io',
      'TraefikService.traefik.io',
      'DestinationRule.networking.istio.io',
      'VirtualService.networking.istio.io',
    ],
  ],
  ['how a release is judged', ['AnalysisTemplate.argoproj.io', 'ClusterAnalysisTemplate.argoproj.io']],
  ['how it is encrypted', ['Certificate.cert-manager.io']],
  ['what is recorded and who is alerted', ['PrometheusRule.monitoring.coreos.com']],
  ['what is measured', ['ServiceMonitor.monitoring.coreos.com', 'PodMonitor.monitoring.coreos.com']],
  [
    'where a Secret comes from',
    [
      'ExternalSecret.external-secrets.io',
      'SecretStore.external-secrets.io',
      'ClusterSecretStore.external-secrets.io',
    ],
  ],
  ['what the API server refuses', ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']],
  ['what Argo CD may sync', ['AppProject.argoproj.io']],
];

const concerns: readonly Rule[] = subjects.map(([about, kinds]) => ({
  kinds,
  rank: 'config',
  reason: `applied in place; it says ${about}`,
}));

const rules: readonly Rule[] = [
  { when: ({ leaf }) => leaf.equivalent === true, rank: 'no-op', reason: 'other text, same content' },
  {
    when: ({ after }) => isGenerated(after),
    rank: 'config',
    reason: 'created anew at the next sync; those that earlier syncs created are pruned',
  },
  ...storageAndImmutable,
  ...operated,
  ...definitions,
  ...behaviour,
  ...delivery,
  ...metadata,
  ...concerns,
];

/** The consequence of a change that no rule knows: nothing restarts, nothing is lost. */
const inPlace: Consequence = { rank: 'config', reason: 'applied in place' };

/** What the change of one leaf does: the first rule that fits says it. */
export function consequenceOf(one: Case): Consequence {
  const rule = rules.find((each) => fits(each, one));
  if (rule === undefined) return inPlace;
  return { rank: rule.rank, reason: typeof rule.reason === 'string' ? rule.reason : rule.reason(one) };
}

function fits({ kinds, at, when }: Rule, one: Case): boolean {
  const { kind, group } = one.before;
  return (
    (kinds?.includes(placeOf(kind, group)) ?? true) &&
    (at?.some((path) => isBelow(path.split('.'), one.leaf.steps)) ?? true) &&
    (when?.(one) ?? true)
  );
}

const isBelow = (path: readonly string[], steps: readonly string[]): boolean =>
  path.every((step, index) => step === steps[index]);
