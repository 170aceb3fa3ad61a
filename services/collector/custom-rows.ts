import * as z from 'zod';
import type { ApplicationRow, ReleaseRow, WorkloadRow } from '../../packages/contracts/cluster-snapshot.ts';
import { millisecondsOf, placedOf, quantity, short } from './rows.ts';
import { workloadRow } from './workload-rows.ts';

/** Custom resources are read as their servers give them: what is not there counts as nothing, other fields are left out. */
const text = z.string().catch('');
const maybe = z.string().optional().catch(undefined);
const number = z.number().min(0).catch(0);
const metadata = z.object({
  name: text,
  namespace: text,
  creationTimestamp: maybe,
  labels: z.record(z.string(), z.string()).optional().catch(undefined),
  ownerReferences: z
    .array(z.object({ kind: text, name: text }))
    .optional()
    .catch(undefined),
});
type Metadata = z.output<typeof metadata>;

const placed = ({ name, namespace, creationTimestamp: at }: Metadata) => ({
  ...placedOf({ name, namespace }),
  created: millisecondsOf(at),
});

const step = z.looseObject({ setWeight: z.number().optional().catch(undefined) });
const rollout = z.object({
  metadata,
  spec: z.object({
    replicas: z.number().min(0).catch(1),
    template: z
      .object({ spec: z.object({ containers: z.array(z.object({ image: text })) }) })
      .optional()
      .catch(undefined),
    strategy: z
      .object({
        canary: z
          .object({ steps: z.array(step).catch([]) })
          .optional()
          .catch(undefined),
      })
      .catch({}),
  }),
  status: z
    .object({
      phase: maybe,
      message: maybe,
      stableRS: maybe,
      currentPodHash: maybe,
      currentStepIndex: number,
      readyReplicas: number,
      updatedReplicas: number,
      canary: z
        .object({
          weights: z
            .object({ canary: z.object({ weight: number }) })
            .optional()
            .catch(undefined),
        })
        .optional()
        .catch(undefined),
    })
    .catch({ currentStepIndex: 0, readyReplicas: 0, updatedReplicas: 0 } as never),
});

const imagesOf = ({ spec }: z.output<typeof rollout>): string[] =>
  (spec.template?.spec.containers ?? []).map(({ image }) => short(image));

/** A canary or blue-green release: how far it is. */
export function releaseRow(item: unknown): ReleaseRow {
  const read = rollout.parse(item);
  const { spec, status } = read;
  const steps = spec.strategy.canary?.steps ?? [];
  const done = Math.min(steps.length, status.currentStepIndex);
  const set = steps.slice(0, done + 1).findLast(({ setWeight }) => setWeight !== undefined)?.setWeight;
  const inProgress = status.stableRS !== status.currentPodHash;
  const weight = status.canary?.weights?.canary.weight ?? (inProgress ? set : undefined);
  return {
    ...placed(read.metadata),
    phase: short(status.phase ?? 'Unknown'),
    ...{ steps: steps.length, step: done, images: imagesOf(read), analyses: [] },
    ...(status.message !== undefined && { message: short(status.message) }),
    ...(weight !== undefined && { weight }),
    ...(status.stableRS !== undefined && { stable: short(status.stableRS) }),
    ...(inProgress && status.currentPodHash !== undefined && { canary: short(status.currentPodHash) }),
  };
}

/** The same object among the workloads. */
export function rolloutRow(item: unknown): WorkloadRow {
  const read = rollout.parse(item);
  const { phase, readyReplicas: ready, updatedReplicas: updated } = read.status;
  const row = workloadRow('Rollout', {
    ...{ metadata: read.metadata as never, pods: undefined, desired: read.spec.replicas, ready, updated },
    ...{ paused: phase === 'Paused', reason: phase === 'Degraded' ? phase : undefined },
  });
  return { ...row, created: millisecondsOf(read.metadata.creationTimestamp), images: imagesOf(read) };
}

const analysisRun = z.object({
  metadata,
  status: z.object({ phase: text, message: maybe }).catch({ phase: '' } as never),
});

/** One run of an analysis, and the Rollout that it is of. */
export function analysisRow(item: unknown) {
  const { metadata: about, status } = analysisRun.parse(item);
  const owner = about.ownerReferences?.find(({ kind }) => kind === 'Rollout')?.name ?? '';
  return {
    rollout: `${about.namespace}/${owner}`,
    created: millisecondsOf(about.creationTimestamp),
    analysis: {
      name: short(about.name),
      phase: short(status.phase),
      ...(status.message !== undefined && status.message !== '' && { message: short(status.message) }),
    },
  };
}

const MOST_OUT_OF_SYNC = 50;

const resource = z.object({ kind: text, namespace: maybe, name: text, status: maybe });
const argoApplication = z.object({
  metadata,
  spec: z.object({ project: text }).catch({ project: '' }),
  status: z
    .object({
      sync: z.object({ status: text, revision: maybe }).optional().catch(undefined),
      health: z.object({ status: text }).optional().catch(undefined),
      operationState: z.object({ finishedAt: maybe, message: maybe }).optional().catch(undefined),
      resources: z.array(resource).catch([]),
    })
    .catch({ resources: [] }),
});

/** An Application of Argo CD: what it wants, and what of it is not live. */
export function applicationRow(item: unknown): ApplicationRow {
  const { metadata: about, spec, status } = argoApplication.parse(item);
  const { sync, health, operationState: operation, resources } = status;
  const behind = resources.filter(({ status: state }) => state === 'OutOfSync');
  return {
    ...placed(about),
    ...{ project: short(spec.project), sync: short(sync?.status ?? 'Unknown') },
    health: short(health?.status ?? 'Unknown'),
    ...(sync?.revision !== undefined && { revision: short(sync.revision) }),
    ...(operation?.finishedAt !== undefined && { syncedAt: millisecondsOf(operation.finishedAt) }),
    ...(operation?.message !== undefined && { message: short(operation.message) }),
    outOfSync: behind.slice(0, MOST_OUT_OF_SYNC).map(({ kind, namespace, name }) => ({
      ...{ kind: short(kind), name: short(name) },
      ...(namespace !== undefined && { namespace: short(namespace) }),
    })),
    outOfSyncCount: behind.length,
  };
}

const nodeMetrics = z.object({ metadata, usage: z.object({ cpu: text, memory: text }) });

/** What a node uses, as metrics-server measures it. */
export function usageRow(item: unknown) {
  const { metadata: about, usage } = nodeMetrics.parse(item);
  return { node: about.name, used: { cpu: quantity(usage.cpu), memory: quantity(usage.memory) } };
}
