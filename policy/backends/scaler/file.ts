import type { Policy } from '../../policy.ts';

/** The scaler's declarative file: which queue drives which target by which policy. JSON on disk. */
export interface ScalerConfig {
  /** Seconds between two readings of one workload. The source system polls every 5 s. */
  readonly pollSeconds: number;
  /**
   * Seconds between two readings of a workload at 0 replicas, whose source can report more than the last one
   * did. @default pollSeconds
   */
  readonly idlePollSeconds?: number;
  readonly workloads: readonly Workload[];
}

/** One workload of the scaler's file: where its backlog is read, what is scaled, and when. */
export interface Workload {
  /** Unique; the `workload` label of every metric. */
  readonly name: string;
  readonly source: Source;
  readonly target: Target;
  readonly policy: Policy;
}

/** Where a backlog is read. Passwords are never in the file, only the path of the file that holds one. */
export type Source = ManagementSource | DetailedMetricsSource | PrometheusSource | RedisSource | ClockSource;

/** GET {url}/api/queues/{vhost}/{queue}: LavinMQ and RabbitMQ. */
export interface ManagementSource {
  readonly kind: 'management';
  readonly url: string;
  readonly vhost: string;
  readonly queue: string;
  readonly username: string;
  readonly passwordFile: string;
  /** PEM file of the authorities that verify an https url. @default the public authorities */
  readonly caFile?: string;
}

/** GET {url}/metrics/detailed?family=queue_coarse_metrics: one request serves every queue of the broker. */
export interface DetailedMetricsSource {
  readonly kind: 'detailed-metrics';
  readonly url: string;
  readonly vhost: string;
  readonly queue: string;
  /** PEM file of the authorities that verify an https url. @default the public authorities */
  readonly caFile?: string;
}

/** GET {url}/api/v1/query: the source system's way. */
export interface PrometheusSource {
  readonly kind: 'prometheus';
  readonly url: string;
  readonly readyQuery: string;
  /** Without it, unacked is unknown and counted as 0: refused for policies that stop on `drained`. */
  readonly unackedQuery?: string;
  /** Totals of messages published to the queue and acknowledged by its consumers, for a policy that measures. */
  readonly publishedQuery?: string;
  readonly acknowledgedQuery?: string;
  /** PEM file of the authorities that verify an https url. @default the public authorities */
  readonly caFile?: string;
}

/** A queue of BullMQ in Redis or Valkey: waiting, prioritized and due jobs are ready, active ones unacked. */
export interface RedisSource {
  readonly kind: 'redis';
  /**
   * redis://host:port/database or rediss://, without credentials; or Sentinels and the name of their master:
   * redis://host:port,host:port/database?sentinel=name; or some nodes of a Redis Cluster: redis://host:port,host?cluster.
   */
  readonly url: string;
  /** The prefix of BullMQ's keys; in braces where a Redis Cluster may come. */
  readonly prefix: string;
  readonly queue: string;
  /** User of the ACL. @default the server's default user */
  readonly username?: string;
  /** @default no password */
  readonly passwordFile?: string;
  /** PEM file of the authorities that verify a rediss url. @default the public authorities */
  readonly caFile?: string;
}

/** Nothing but the time: for a policy that follows no backlog. */
export interface ClockSource {
  readonly kind: 'clock';
}

/** What is scaled. */
export type Target = DeploymentTarget | HpaTarget | ProcessTarget;

/** The /scale subresource of a Deployment. */
export interface DeploymentTarget {
  readonly kind: 'deployment';
  readonly namespace: string;
  readonly name: string;
}

/** spec.minReplicas of a HorizontalPodAutoscaler, which goes on to own the count above it. */
export interface HpaTarget {
  readonly kind: 'hpa';
  readonly namespace: string;
  readonly name: string;
}

/** Child processes on this machine, for `npm start`. */
export interface ProcessTarget {
  readonly kind: 'process';
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** SIGTERM to SIGKILL. */
  readonly graceSeconds: number;
}
