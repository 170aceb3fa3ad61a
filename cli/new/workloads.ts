/** The files that `sluice new` writes into apps/workloads/. The linter formats them. */
import { identifierOf } from './names.ts';

/** What is said of a new workload. */
export interface NewWorkload {
  readonly name: string;
  /** The queue that a worker takes from, or a job publishes to. */
  readonly queue: string | undefined;
  /** Whether a worker brings the queue already. */
  readonly queueExists: boolean;
  /** Whether the queue is one of BullMQ in Redis. */
  readonly redis: boolean;
  /** Undefined: this repository's consumer. */
  readonly image: string | undefined;
}

/** A worker: how much, and when, is one line. */
export function workerText({ name, queue = name, queueExists, image }: NewWorkload): string {
  const own = image === undefined;
  const imports = [
    "import { latch } from '@sluice/policy';",
    "import { queueWorker } from './queue-worker.ts';",
    ...(own ? ["import { sluiceConsumer } from './sluice-consumer.ts';"] : []),
  ];
  const container = own
    ? ['  ...sluiceConsumer({ workSeconds: 5, stopDeadlineSeconds: 30 }),']
    : [
        `  image: '${image}',`,
        `  // What 'npm start -- ${name}' runs: local: { command: ['python3', '${name}/main.py'] },`,
        '  // Whether it answers /livez, /readyz and /metrics on port 8080.',
        '  http: false,',
        '  longestJobSeconds: 20,',
        '  stopDeadlineSeconds: 30,',
      ];
  return `${imports.join('\n')}

/** Works on the jobs of the queue '${queue}'. */
export const ${identifierOf(name)} = queueWorker('${name}', {
${container.join('\n')}
  queue: ${queueExists ? `'${queue}'` : `{ queue: '${queue}', retrySeconds: 30 }`},
  // 5 workers at 20 waiting jobs, or as soon as one has waited a minute; none when all is done.
  policy: latch({ replicas: 5, startWhen: { readyAtLeast: 20, oldestWaitSeconds: 60 } }),
});
`;
}

/** A worker of a queue in Redis, in the environments that have one. */
export const redisWorkerText = ({
  name,
  queue = name,
  image = '',
}: NewWorkload): string => `import { proportional } from '@sluice/policy';
import { queueWorker } from './queue-worker.ts';

/** Works on the jobs of the queue '${queue}' in Redis. */
export const ${identifierOf(name)} = queueWorker(
  '${name}',
  ({ redis }) =>
    redis && {
      image: '${image}',
      // Whether it answers /livez, /readyz and /metrics on port 8080.
      http: false,
      longestJobSeconds: 20,
      stopDeadlineSeconds: 30,
      // BullMQ's prefix and name; in braces, as all keys of a prefix belong together.
      queue: { prefix: '{${name}}', queue: '${queue}' },
      // One worker for 20 jobs; none when all is done.
      policy: proportional({ perReplica: 20, maxReplicas: 5 }),
    },
);
`;

/** A web service that follows its CPU. */
export const serviceText = ({
  name,
  image = '',
}: NewWorkload): string => `import { webService } from './web-service.ts';

/** Answers requests inside the cluster; \`page: { host, path }\` lets browsers in. */
export const ${identifierOf(name)} = webService('${name}', {
  image: '${image}',
  // 200 where the service can work; its process lives while /livez answers.
  readyPath: '/readyz',
  // Whether it answers /metrics on port 8080.
  metrics: false,
  scaling: {
    minReplicas: 2,
    maxReplicas: 6,
    cpuPercent: 70,
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        policies: [{ type: 'Pods', value: 2, periodSeconds: 15 }],
        selectPolicy: 'Max',
      },
      scaleDown: {
        stabilizationWindowSeconds: 300,
        policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        selectPolicy: 'Max',
      },
    },
  },
});
`;

/** A job by the clock. */
export const jobText = ({
  name,
  image = '',
  queue,
}: NewWorkload): string => `import { scheduledJob } from './scheduled-job.ts';

/** Runs once an hour${queue === undefined ? '' : `, and publishes to the queue '${queue}'`}. */
export const ${identifierOf(name)} = scheduledJob('${name}', {
  image: '${image}',
  // Whether it answers on port 8080 while it runs.
  http: false,
  everyMinutes: 60,
  deadlineSeconds: 300,
${queue === undefined ? '' : `  publishes: '${queue}',\n`}});
`;
