/** Dashboards whose figures only a cluster has. */
export const ON_CLUSTER: readonly string[] = ['cluster', 'pods', 'argo-cd'];
