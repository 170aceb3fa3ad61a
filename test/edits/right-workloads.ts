import { CONSUMER, type Edit, scaffold, WORKLOADS } from './edit.ts';

const TOO_FEW_JOBS = `
## TooFewJobs
The publisher may have stopped. Look at its last runs: \`kubectl -n publisher get jobs\`.
`;

/** File -> what it exports. */
const TRANSACTIONS = [
  ['inject', 'inject'],
  ['process', 'process'],
  ['journal', 'journal'],
  ['query', 'query'],
  ['transaction-load', 'transactionLoad'],
] as const;

/** What runs. */
export const workloadEdits: readonly Edit[] = [
  {
    name: 'a worker more, of another image',
    make: (tree) => scaffold(tree, 'worker', 'thumbnails', '--image', 'ghcr.io/example/thumbnails:1.4.0'),
  },
  {
    name: 'a worker more, on a queue that is there',
    make: (tree) => scaffold(tree, 'worker', 'audit', '--queue', 'jobs'),
  },
  {
    name: 'a web service more',
    make: (tree) => scaffold(tree, 'service', 'shop', '--image', 'ghcr.io/example/shop:2.0.1'),
  },
  {
    name: 'a scheduled job more',
    make: (tree) => scaffold(tree, 'job', 'report', '--image', 'ghcr.io/example/report:0.3.0'),
  },
  {
    name: 'a job more, that publishes',
    make: (tree) => scaffold(tree, 'job', 'feed', '--image', 'ghcr.io/example/feed:0.3.0', '--queue', 'jobs'),
  },
  {
    name: 'no work but the web service',
    removes: true,
    make: (tree) => {
      tree.remove(CONSUMER);
      tree.replace(WORKLOADS, /import \{ consumer \} .*\n/, '');
      tree.replace(WORKLOADS, /import \{ publisher \} .*\n/, '');
      tree.replace(WORKLOADS, '  publisher,\n  consumer,\n', '');
    },
  },
  {
    name: 'no work but the queue worker and what publishes to it',
    removes: true,
    make: (tree) => {
      tree.remove('apps/workloads/api.ts');
      tree.replace(WORKLOADS, /import \{ api \} .*\n/, '');
      tree.replace(WORKLOADS, '  api,\n', '');
    },
  },
  {
    name: 'other numbers of the services of transactions',
    make: (tree) => {
      tree.replace(
        'apps/workloads/inject.ts',
        'maxReplicas: 10, perReplica: 500',
        'maxReplicas: 4, perReplica: 200',
      );
      tree.replace(
        'apps/workloads/process.ts',
        /perReplica: \d+, maxReplicas: \d+, batch: \d+/,
        'perReplica: 300, maxReplicas: 3, batch: 50',
      );
    },
  },
  {
    name: 'no services of transactions',
    removes: true,
    make: (tree) => {
      for (const [file, name] of TRANSACTIONS) {
        tree.remove(`apps/workloads/${file}.ts`);
        tree.replace(WORKLOADS, new RegExp(`import \\{ ${name} \\} .*\n`), '');
        tree.replace(WORKLOADS, `  ${name},\n`, '');
      }
    },
  },
  {
    name: 'an alert more',
    make: (tree) => {
      tree.write('docs/reference/alerts.md', `${tree.text('docs/reference/alerts.md')}${TOO_FEW_JOBS}`);
      tree.replace(
        CONSUMER,
        /alerts: (consumerAlerts\(.*\)),/,
        (_, alerts) => `alerts: [
      ...${alerts},
      {
        name: 'TooFewJobs',
        severity: 'info',
        expr: 'sum(rate(jobs_processed_total{namespace="consumer"}[1h])) == 0',
        for: '2h',
        summary: 'No job was processed for two hours.',
        description: 'The publisher may have stopped.',
      },
    ],`,
      );
    },
  },
];
