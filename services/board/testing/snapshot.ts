import { type ClusterSnapshot, SNAPSHOT_SCHEMA } from '../../../packages/contracts/cluster-snapshot.ts';

/** A snapshot of a cluster that has nothing. */
export const emptySnapshot: ClusterSnapshot = {
  ...{ schema: SNAPSHOT_SCHEMA, takenAt: 1000, seconds: 1, missing: [], nodes: [], namespaces: [] },
  ...{ workloads: [], pods: [], services: [], ingresses: [], autoscalers: [], claims: [], events: [] },
  ...{ releases: [], applications: [] },
};
