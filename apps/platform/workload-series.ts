/** Series that a workload records of itself: what its policy says, as Prometheus can draw it. */
export const WORKLOAD = {
  /** 1, with the labels `namespace`, `workload`, `deployment` and `queue` of a queue worker. */
  identity: 'workload:identity:info',
  /** Seconds that the oldest message of a queue worker may wait. */
  waitObjective: 'workload:wait_objective:seconds',
  /** The highest count that the policy asks for. */
  maxReplicas: 'workload:max_replicas:count',
  /** Ready messages at which a latch opens. */
  startBacklog: 'workload:start_backlog:messages',
  /** The share of requests that a web service answers without an error. */
  availabilityObjective: 'workload:availability_objective:ratio',
  /** The share of requests that it answers within the seconds below. */
  latencyShare: 'workload:latency_objective:ratio',
  /** Seconds in which it answers. */
  latencyObjective: 'workload:latency_objective:seconds',
} as const;
