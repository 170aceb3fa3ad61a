import { type DesiredObject, titleOf, valueAt } from '../../manifests/objects.ts';
import { GRAFANA_LABEL } from './actors.ts';
import type { Case, Rule } from './findings.ts';
import { rolloutOf, rollsOut } from './rollouts.ts';
import { volumes } from './rules-schema.ts';

/** What a ConfigMap or a Secret holds. */
const CONTENT = ['data', 'binaryData', 'stringData'];

const workloads = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout.argoproj.io'];

/** Kinds whose every field says how many pods there are to be. */
export const scalers = [
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'VerticalPodAutoscaler',
  'ScaledObject.keda.sh',
  'ScaledJob.keda.sh',
];

/** What running pods and their controllers do about a change. */
export const behaviour: readonly Rule[] = [
  // How many
  { kinds: scalers, at: ['spec'], rank: 'scaling', reason: 'decides how many pods run' },
  {
    kinds: ['ScaledObject.keda.sh', 'ScaledJob.keda.sh'],
    at: ['metadata.annotations'],
    when: ({ leaf }) => leaf.steps[2]?.startsWith('autoscaling.keda.sh/') ?? false,
    rank: 'scaling',
    reason: 'pauses or resumes the scaling',
  },
  {
    kinds: ['Deployment', 'StatefulSet', 'ReplicaSet', 'Rollout.argoproj.io'],
    at: ['spec.replicas'],
    rank: 'scaling',
    reason: ({ before, leaf }) =>
      `replicas of ${titleOf(before)}${leaf.after === undefined ? ', left to whoever else sets them' : ''}`,
  },
  {
    kinds: ['ConfigMap', 'Secret'],
    at: CONTENT,
    when: ({ before, after }) => [before, after].some(isLoadedByGrafana),
    rank: 'config',
    reason: "Grafana's sidecar loads it; no restart",
  },
  {
    kinds: ['ConfigMap'],
    at: ['data', 'binaryData'],
    when: ({ before, after }) => [before, after].some(configuresScaler),
    rank: 'scaling',
    reason: (one) => `configuration of the scaler; ${uptake(one)}`,
  },
  {
    kinds: ['NodePool.karpenter.sh'],
    at: ['spec.limits', 'spec.disruption', 'spec.weight'],
    rank: 'scaling',
    reason: 'decides how many nodes there are and when they go',
  },

  // Pods
  ...volumes,
  {
    kinds: ['Job'],
    at: ['spec.suspend'],
    rank: 'config',
    reason: ({ leaf, after }) =>
      leaf.after === true
        ? `suspends ${titleOf(after)}: its pods are deleted until it is resumed`
        : `resumes ${titleOf(after)}: its pods start`,
  },
  {
    kinds: ['StatefulSet'],
    at: ['spec.ordinals'],
    rank: 'recreate',
    reason: ({ after }) =>
      `other ordinals: pods of ${titleOf(after)} go, and new ones start under other names, with claims of their own`,
  },
  {
    kinds: ['Deployment'],
    at: ['spec.template'],
    when: ({ after, references }) => references.takerOf(after) !== undefined,
    rank: 'config',
    reason: ({ after, references }) => rolloutOf(references.takerOf(after) ?? after),
  },
  { kinds: workloads, at: ['spec.template'], rank: 'config', reason: ({ after }) => rolloutOf(after) },
  {
    kinds: ['Deployment', 'Rollout.argoproj.io'],
    at: ['spec.paused'],
    rank: 'config',
    reason: ({ leaf, after }) =>
      leaf.after === true
        ? `pauses ${titleOf(after)}: changes of its pods wait`
        : `resumes ${titleOf(after)}: the changes that waited restart its pods`,
  },
  {
    kinds: ['Rollout.argoproj.io'],
    at: ['spec.restartAt'],
    when: ({ leaf }) => leaf.after !== undefined,
    rank: 'config',
    reason: ({ leaf, after }) => `restart of all pods of ${titleOf(after)} at ${leaf.after}; no new release`,
  },
  {
    kinds: ['StatefulSet', 'DaemonSet'],
    at: ['spec.updateStrategy'],
    rank: 'config',
    reason: 'applied in place; it says which pods take a template that waits, and when',
  },
  {
    kinds: ['Rollout.argoproj.io'],
    at: ['spec.strategy'],
    rank: 'config',
    reason: 'how the next release goes; no restart',
  },
  {
    kinds: ['CronJob'],
    at: ['spec.suspend'],
    rank: 'config',
    reason: ({ leaf, after }) =>
      leaf.after === true
        ? `suspends ${titleOf(after)}: no run begins until it is resumed`
        : `resumes ${titleOf(after)}: its runs begin again`,
  },
  {
    kinds: ['CronJob'],
    at: ['spec.jobTemplate'],
    when: ({ after }) => valueAt(after.fields, ['spec', 'suspend']) === true,
    rank: 'config',
    reason: ({ before }) => `no run: ${titleOf(before)} is suspended`,
  },
  {
    kinds: ['CronJob'],
    at: ['spec.jobTemplate'],
    rank: 'config',
    reason: ({ before }) => `from the next run of ${titleOf(before)} on; no restart`,
  },
  {
    kinds: ['ReplicaSet', 'ScaledJob.keda.sh'],
    at: ['spec.template', 'spec.jobTargetRef'],
    rank: 'config',
    reason: 'new pods only; no restart',
  },
  {
    kinds: ['Pod'],
    at: ['spec.containers.*.image', 'spec.initContainers.*.image'],
    rank: 'config',
    reason: 'restart of the container',
  },
  {
    kinds: ['Pod'],
    at: ['spec'],
    rank: 'recreate',
    reason: 'immutable: only a new pod can have it',
  },
  {
    kinds: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
    at: ['webhooks.*.failurePolicy'],
    rank: 'config',
    reason: ({ leaf }) =>
      `while the webhook does not answer, the API server ${leaf.after === 'Ignore' ? 'accepts' : 'refuses'} what it asks about`,
  },
  {
    kinds: ['NodePool.karpenter.sh'],
    at: ['spec.template'],
    rank: 'config',
    reason: 'its nodes drift and are replaced: their pods restart elsewhere',
  },
  {
    kinds: ['ConfigMap', 'Secret'],
    at: CONTENT,
    rank: 'config',
    reason: uptake,
  },
];

const isLoadedByGrafana = ({ fields }: DesiredObject): boolean =>
  Object.keys(valueAt(fields, ['metadata', 'labels']) ?? {}).some((label) => GRAFANA_LABEL.test(label));

/** `app.kubernetes.io/component: scaler`, as charts/ labels it. */
const configuresScaler = ({ fields }: DesiredObject): boolean =>
  valueAt(fields, ['metadata', 'labels', 'app.kubernetes.io/component']) === 'scaler';

/** When the pods that read a ConfigMap or a Secret come to know of it. */
function uptake({ before, references, rolls }: Case): string {
  const readers = references.readersOf(before);
  if (readers.length === 0) return 'no pod template here refers to it';
  return readers
    .map(({ workload, how }) => {
      const title = titleOf(workload);
      if (['Job', 'CronJob', 'ScaledJob'].includes(workload.kind)) return `read by the next run of ${title}`;
      if (rolls(workload) && rollsOut(workload))
        return `rolling restart of ${title}, whose template changes too`;
      return how === 'mounted'
        ? `seen by running pods of ${title} without a restart`
        : `${title} keeps the old values until its next restart`;
    })
    .join('; ');
}
