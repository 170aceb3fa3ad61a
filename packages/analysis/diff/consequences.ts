import { isGenerated } from '../../manifests/objects.ts';
import { placeOf } from '../../manifests/schema.ts';
import type { Case, Consequence, Rule } from './ranks.ts';
import { behaviour } from './rules-behaviour.ts';
import { delivery } from './rules-delivery.ts';
import { storageAndImmutable } from './rules-immutable.ts';
import { metadata } from './rules-metadata.ts';
import { operated } from './rules-operators.ts';
import { definitions } from './rules-schema.ts';

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
