import { prometheusSeconds } from '../../contracts/instant.ts';
import { entryOf, titleOf, valueAt } from '../../manifests/objects.ts';
import { compareQuantities } from '../../manifests/quantities.ts';
import type { Case, Rule } from './findings.ts';

const PROMETHEUS = 'Prometheus.monitoring.coreos.com';
const STORING = [PROMETHEUS, 'Alertmanager.monitoring.coreos.com', 'ThanosRuler.monitoring.coreos.com'];
const CLAIMS = ['spec', 'storage', 'volumeClaimTemplate'];

const inClaims = ({ fields }: Case['before']): boolean => valueAt(fields, CLAIMS) !== undefined;

/** Where it says no retention. @see https://prometheus-operator.dev/docs/api-reference/api/ */
const RETENTION = '24h';

function forgetsEarlier({ leaf }: Case): boolean {
  const [before, after] = [leaf.before, leaf.after].map((value) =>
    prometheusSeconds(String(value ?? RETENTION)),
  );
  return before !== undefined && after !== undefined && after < before;
}

/** `gradual` lets the Jobs of the former version end. @see https://keda.sh/docs/latest/reference/scaledjob-spec/ */
const isGradual = ({ after }: Case): boolean =>
  valueAt(after.fields, ['spec', 'rollout', 'strategy']) === 'gradual' ||
  valueAt(after.fields, ['spec', 'rolloutStrategy']) === 'gradual';

/** What Argo CD reads of its ConfigMaps. @see https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/ */
const SETTINGS: Readonly<Record<string, string>> = {
  'resource.exclusions': 'kinds that are excluded are neither synced nor pruned',
  'resource.inclusions': 'kinds that are not included are neither synced nor pruned',
  'application.resourceTrackingMethod': 'by what it knows its objects',
  'application.instanceLabelKey': 'by which label it knows its objects',
  'policy.csv': 'who may do what in it',
  'policy.default': 'what everybody may do in it',
};

const settingOf = ({ leaf }: Case): string =>
  entryOf(SETTINGS, leaf.steps[1] ?? '') ?? 'its servers read them anew';

/** What operators do with their objects that the kinds of Kubernetes do not: they delete, recreate and forget. */
export const operated: readonly Rule[] = [
  {
    kinds: STORING,
    at: ['spec.storage'],
    when: ({ before, after }) => inClaims(before) && !inClaims(after),
    rank: 'data-loss',
    reason: ({ after }) =>
      `${titleOf(after)} stores in an emptyDir, which goes with its pod; its claims keep what they have, and it no longer reads them`,
  },
  {
    kinds: STORING,
    at: ['spec.storage'],
    rank: 'recreate',
    reason: 'the operator makes the StatefulSet anew; claims that are there stay as they are',
  },
  {
    kinds: [PROMETHEUS],
    at: ['spec.retention'],
    when: forgetsEarlier,
    rank: 'data-loss',
    reason: ({ leaf }) => `samples older than ${leaf.after ?? RETENTION} are deleted`,
  },
  {
    kinds: [PROMETHEUS],
    at: ['spec.retentionSize'],
    when: ({ leaf }) =>
      leaf.after !== undefined &&
      (leaf.before === undefined ||
        (compareQuantities(String(leaf.after).replace(/B$/, ''), String(leaf.before).replace(/B$/, '')) ??
          0) < 0),
    rank: 'data-loss',
    reason: ({ leaf }) => `the oldest samples beyond ${leaf.after} are deleted`,
  },
  {
    kinds: ['ScaledJob.keda.sh'],
    at: ['spec'],
    when: (one) => !isGradual(one),
    rank: 'recreate',
    reason: 'KEDA deletes the running Jobs of the former version (rollout.strategy: gradual lets them end)',
  },
  {
    kinds: ['ScaledJob.keda.sh'],
    at: ['spec.jobTargetRef'],
    rank: 'config',
    reason: 'new pods only; no restart',
  },
  {
    kinds: ['Queue.rabbitmq.com', 'Exchange.rabbitmq.com'],
    at: ['name', 'vhost', 'type', 'durable', 'autoDelete', 'rabbitmqClusterReference'].map(
      (field) => `spec.${field}`,
    ),
    rank: 'recreate',
    reason: ({ after }) =>
      `the operator refuses to change it: only a new one can have it${after.kind === 'Queue' ? ', and the messages of the old queue go with it' : ''}`,
  },
  {
    kinds: ['Binding.rabbitmq.com'],
    at: ['spec'],
    rank: 'recreate',
    reason: 'the operator refuses to change it: only a new one can have it',
  },
  {
    kinds: ['ConfigMap'],
    at: ['data'],
    when: ({ after }) => /^argocd-(cm|rbac-cm|cmd-params-cm|notifications-cm)$/.test(after.name),
    rank: 'config',
    reason: (one) => `settings of Argo CD: ${settingOf(one)}`,
  },
];
