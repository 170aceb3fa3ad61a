import type {
  V1Condition,
  V1CronJob,
  V1DaemonSet,
  V1Deployment,
  V1Job,
  V1ObjectMeta,
  V1PodSpec,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { WorkloadRow } from '../../packages/contracts/cluster-snapshot.ts';
import { placedOf, short } from './rows.ts';

type Kind = WorkloadRow['kind'];
type Condition = Pick<V1Condition, 'type' | 'status'> & { readonly reason?: string };

interface Facts {
  readonly metadata: V1ObjectMeta | undefined;
  readonly pods: V1PodSpec | undefined;
  readonly desired: number | undefined;
  readonly ready: number | undefined;
  readonly updated?: number | undefined;
  readonly paused?: boolean | undefined;
  readonly reason?: string | undefined;
}

/** One row of any kind; what a controller has not written yet counts as 0. */
export function workloadRow(kind: Kind, facts: Facts): WorkloadRow {
  const { metadata, pods, desired = 0, ready = 0, updated = ready, paused = false, reason } = facts;
  return {
    ...{ kind, ...placedOf(metadata), desired, ready, updated, paused },
    ...(reason !== undefined && { reason: short(reason) }),
    images: (pods?.containers ?? []).map(({ image }) => short(image)),
  };
}

/** Why a controller says that it does not get on. */
function trouble(conditions: readonly Condition[] = []): string | undefined {
  const bad = conditions.find(
    ({ type, status }) =>
      (['ReplicaFailure', 'Failed'].includes(type) && status === 'True') ||
      (type === 'Progressing' && status === 'False'),
  );
  return bad && (bad.reason ?? bad.type);
}

/** A Deployment as a row of the snapshot. */
export const deploymentRow = ({ metadata, spec, status }: V1Deployment): WorkloadRow =>
  workloadRow('Deployment', {
    ...{ metadata, pods: spec?.template.spec, desired: spec?.replicas ?? 1, paused: spec?.paused },
    ...{ ready: status?.readyReplicas, updated: status?.updatedReplicas ?? 0 },
    reason: trouble(status?.conditions),
  });

/** A StatefulSet as a row of the snapshot. */
export const statefulSetRow = ({ metadata, spec, status }: V1StatefulSet): WorkloadRow =>
  workloadRow('StatefulSet', {
    ...{ metadata, pods: spec?.template.spec, desired: spec?.replicas ?? 1 },
    // It counts no pod as updated once all are.
    ...{ ready: status?.readyReplicas, updated: status?.updatedReplicas ?? status?.currentReplicas },
  });

/** A DaemonSet as a row of the snapshot. */
export const daemonSetRow = ({ metadata, spec, status }: V1DaemonSet): WorkloadRow =>
  workloadRow('DaemonSet', {
    ...{ metadata, pods: spec?.template.spec, desired: status?.desiredNumberScheduled },
    ...{ ready: status?.numberReady, updated: status?.updatedNumberScheduled ?? 0 },
  });

/** A CronJob as a row of the snapshot. */
export const cronJobRow = ({ metadata, spec, status }: V1CronJob): WorkloadRow => {
  const active = status?.active?.length ?? 0;
  return workloadRow('CronJob', {
    ...{ metadata, pods: spec?.jobTemplate.spec?.template.spec, paused: spec?.suspend },
    ...{ desired: active, ready: active },
  });
};

/** A Job as a row of the snapshot. */
export const jobRow = ({ metadata, spec, status }: V1Job): WorkloadRow =>
  workloadRow('Job', {
    ...{ metadata, pods: spec?.template.spec, paused: spec?.suspend },
    ...{ desired: spec?.completions ?? 1, ready: status?.succeeded },
    reason: trouble(status?.conditions),
  });
