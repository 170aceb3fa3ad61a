import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import type { Identity } from './labels.ts';
import { credentialsMount, PASSWORD_FILE, type Resources } from './pod.ts';
import { Worker } from './worker.ts';

export interface QueueWorkerProps extends Identity {
  /** The image that runs, pinned. */
  readonly image: string;
  /** The broker and its virtual host, without credentials: `amqp://host:5672/%2f`. */
  readonly amqpUrl: string;
  /** The broker's user. @default the worker's name */
  readonly username?: string;
  /** The Secret whose key `password` is that user's. */
  readonly credentials: string;
  /** The queue it takes jobs from. */
  readonly queue: string;
  /** The exchange that routes to the queue, its retries and its parked jobs. @default the queue's name */
  readonly exchange?: string;
  /** Unacknowledged jobs one pod holds at a time. @default 1 */
  readonly prefetch?: number;
  /** Tries before a job is parked. @default 5 */
  readonly maxAttempts?: number;
  /** Bytes of the longest body; a longer one is parked unread. @default 65536 */
  readonly maxBodyBytes?: number;
  /** Seconds of the simulated work, where no handler replaces it. */
  readonly workSeconds: number;
  /** How those seconds are distributed. @default 'constant' */
  readonly workDistribution?: 'constant' | 'uniform' | 'exponential';
  /**
   * Seconds the longest job takes; a pod that is told to stop finishes the jobs it holds.
   * @default workSeconds, 2 x (uniform) or 7 x (exponential: 1 job in 1,100 takes longer) of it
   */
  readonly longestJobSeconds?: number;
  /** Seconds the process gives the jobs in hand after SIGTERM. @default 30 */
  readonly stopDeadlineSeconds?: number;
  /** Seconds from SIGTERM to SIGKILL. @default stopDeadlineSeconds + 5 */
  readonly terminationGracePeriodSeconds?: number;
  /** The PriorityClass of its pods. */
  readonly priorityClassName: string;
  /** What one pod asks for and may use. @default 20m CPU, 128Mi */
  readonly resources?: Resources;
}

const LONGEST_PER_MEAN = { constant: 1, uniform: 2, exponential: 7 } as const;

/**
 * Pods that take jobs from a queue, with a Service for their metrics.
 *
 * The Deployment has no `spec.replicas`: the scaler owns the count, and a manifest that also named one
 * would fight it at every sync.
 *
 * @throws {ChartError} with every fault of the props
 */
export class QueueWorker extends Construct {
  constructor(scope: Construct, id: string, props: QueueWorkerProps) {
    super(scope, id);
    const filled = withDefaults(props);
    check(filled);
    new Worker(this, 'worker', {
      ...filled,
      environment: environment(filled),
      mounts: [credentialsMount(props.credentials)],
    });
  }
}

type Filled = QueueWorkerProps & ReturnType<typeof withDefaults>;

function withDefaults(props: QueueWorkerProps) {
  const stopDeadlineSeconds = props.stopDeadlineSeconds ?? 30;
  return {
    username: props.name,
    exchange: props.queue,
    prefetch: 1,
    maxAttempts: 5,
    maxBodyBytes: 64 * 1024,
    workDistribution: 'constant' as const,
    longestJobSeconds: props.workSeconds * LONGEST_PER_MEAN[props.workDistribution ?? 'constant'],
    resources: { cpu: '20m', memory: '128Mi' },
    ...props,
    stopDeadlineSeconds,
  };
}

function check(props: Filled): void {
  new Checks(`QueueWorker '${props.name}'`)
    .wholeNumber('maxAttempts', props.maxAttempts, 1)
    .wholeNumber('maxBodyBytes', props.maxBodyBytes, 1024)
    .that(props.workSeconds >= 0, `'workSeconds' (${props.workSeconds}) must not be negative`)
    .that(!/\/\/.*@/.test(props.amqpUrl), `'amqpUrl' must hold no credentials`)
    .done();
}

const environment = (props: Filled) => ({
  AMQP_URL: props.amqpUrl,
  AMQP_USERNAME: props.username,
  AMQP_PASSWORD_FILE: PASSWORD_FILE,
  QUEUE: props.queue,
  EXCHANGE: props.exchange,
  ROUTING_KEY: props.queue,
  RETRY_ROUTING_KEY: `${props.queue}.retry`,
  PARKING_ROUTING_KEY: `${props.queue}.parked`,
  PREFETCH: String(props.prefetch),
  MAX_ATTEMPTS: String(props.maxAttempts),
  MAX_BODY_BYTES: String(props.maxBodyBytes),
  WORK_SECONDS: String(props.workSeconds),
  WORK_DISTRIBUTION: props.workDistribution,
  STOP_DEADLINE_SECONDS: String(props.stopDeadlineSeconds),
});
