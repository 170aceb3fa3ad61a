import type { Tree } from './tree.ts';

/** A change of desired state that a person may want. */
export interface Edit {
  readonly name: string;
  readonly make: (tree: Tree) => void;
  /** What it decides: no two edits that decide the same are made in one tree. */
  readonly decides?: 'the policy' | 'the environment more' | 'the canary';
  /** Whether it takes away what other edits are made in: its tests run for it alone. @default false */
  readonly removes?: true;
}

export const LOCAL = 'environments/local.ts';
export const PRODUCTION = 'environments/production.ts';
export const INDEX = 'environments/index.ts';
export const WORKLOADS = 'apps/workloads/index.ts';
export const CONSUMER = 'apps/workloads/consumer.ts';
const POLICY = /policy: latch\(\{.*\}\),/;

/** The consumer's policy, with what it needs of the core. */
export function policy(tree: Tree, text: string): void {
  const factories = ['constant', 'drain', 'latch', 'proportional', 'schedule'].filter((name) =>
    text.includes(`${name}(`),
  );
  const file = tree.fileWith('policy: latch(');
  tree.replace(file, POLICY, `policy: ${text},`);
  if (factories.join() !== 'latch')
    tree.replace(file, /\blatch\b(?=[^}]*\} from '@sluice\/policy')/, factories.join(', '));
}

/** Who owns the consumer's replica count. */
export const scaler = (tree: Tree, kind: string): void =>
  tree.replace(
    CONSUMER,
    "queueWorker('consumer', settings, ({ policy, ...own }) => ({\n",
    (line) => `${line}  scaler: '${kind}',\n`,
  );

/** A property of an environment that is there already. */
const property = (tree: Tree, path: string, from: string | RegExp, to: string): void =>
  tree.replace(path, from, to);

const STAGING = `import type { Environment } from './environment.ts';
import { pages } from './environment.ts';
import { production } from './production.ts';

/** Production's little sister. */
export const staging: Environment = {
  ...production,
  name: 'staging',
  addons: production.addons.filter((addon) => addon !== 'jenkins'),
  addonReplicas: 1,
  secrets: {
    kind: 'external',
    documents: 'sluice/staging',
    roles: { assumedBy: 'controller', arnPrefix: 'arn:aws:iam::111122223333:role/sluice-staging-secrets-' },
  },
  web: { ...production.web, hosts: pages('staging.example.com') },
  broker: 'rabbitmq',
};
`;

const TOO_FEW_JOBS = `
## TooFewJobs
The publisher may have stopped. Look at its last runs: \`kubectl -n publisher get jobs\`.
`;

/** Every one must be green after \`npx sluice synth\` and the golden pages. */
export const rightEdits: readonly Edit[] = [
  {
    name: 'a drain in place of the latch',
    decides: 'the policy',
    make: (tree) =>
      policy(tree, 'drain({ sloSeconds: 300, meanServiceSeconds: 5, podStartSeconds: 10, maxReplicas: 10 })'),
  },
  {
    name: 'a proportional policy',
    decides: 'the policy',
    make: (tree) => policy(tree, 'proportional({ perReplica: 10, maxReplicas: 12 })'),
  },
  {
    name: 'a floor by a timetable',
    decides: 'the policy',
    make: (tree) =>
      policy(
        tree,
        `schedule({
      policy: latch({ replicas: 20, startWhen: { readyAtLeast: 50 } }),
      timeZone: 'America/New_York',
      windows: [{ start: '0 9 * * 1-5', end: '0 17 * * 1-5', minReplicas: 2 }],
    })`,
      ),
  },
  {
    name: 'another mark and another count',
    decides: 'the policy',
    make: (tree) => policy(tree, 'latch({ replicas: 3, startWhen: { readyAtLeast: 7 } })'),
  },
  {
    name: 'one replica at most',
    decides: 'the policy',
    make: (tree) => policy(tree, 'latch({ replicas: 1, startWhen: { readyAtLeast: 1 } })'),
  },
  {
    name: 'a third environment',
    decides: 'the environment more',
    make: (tree) => {
      tree.write('environments/staging.ts', STAGING);
      tree.replace(
        INDEX,
        "import { production } from './production.ts';\n",
        "import { production } from './production.ts';\nimport { staging } from './staging.ts';\n",
      );
      tree.replace(INDEX, '[local, production]', '[local, production, staging]');
    },
  },
  {
    name: 'no production',
    removes: true,
    make: (tree) => {
      tree.remove(PRODUCTION);
      tree.replace(INDEX, "import { production } from './production.ts';\n", '');
      tree.replace(INDEX, '[local, production]', '[local]');
    },
  },
  {
    name: 'an organisation of its own',
    make: (tree) => {
      const file = 'environments/organization.ts';
      tree.replace(file, "registry: 'ghcr.io/sluice'", "registry: 'registry.acme.example/queue'");
      tree.replace(
        file,
        "host: 'github.com', path: 'sluice/sluice', branch: 'main'",
        "host: 'git.acme.example', path: 'platform/queues', branch: 'trunk'",
      );
      tree.replace(file, "domain: 'sluice.example.com'", "domain: 'queues.acme.example'");
      tree.replace(file, "owners: 'sluice'", "owners: 'acme'");
      tree.replace(
        file,
        "account: '111122223333', prefix: 'sluice'",
        "account: '444455556666', prefix: 'acme'",
      );
    },
  },
  {
    name: 'RabbitMQ everywhere',
    make: (tree) => {
      property(tree, LOCAL, "broker: 'lavinmq'", "broker: 'rabbitmq'");
      property(tree, PRODUCTION, "broker: 'lavinmq'", "broker: 'rabbitmq'");
    },
  },
  {
    name: 'no addons on the laptop',
    removes: true,
    make: (tree) => {
      property(tree, LOCAL, /addons: \[[^\]]*\],/, 'addons: [],');
      property(tree, LOCAL, /stores: \[[^\]]*\],/, 'stores: [],');
      property(tree, LOCAL, /\n *canary: 'traefik',/, '');
    },
  },
  {
    name: 'another region and cluster',
    make: (tree) => {
      property(tree, PRODUCTION, "region: 'eu-central-1'", "region: 'us-west-2'");
      property(tree, PRODUCTION, 'clusterName: NAME', "clusterName: 'blue'");
    },
  },
  {
    name: 'other holidays',
    make: (tree) =>
      tree.replace(
        tree.fileWith('const holidays = '),
        /const holidays = [^;]*;/,
        "const holidays = ['2026-12-24', '2027-05-01'];",
      ),
  },
  {
    name: 'office hours elsewhere',
    make: (tree) => {
      tree.replace(tree.fileWith('const holidays = '), "timeZone: 'Europe/Berlin'", "timeZone: 'Asia/Tokyo'");
      tree.replace(
        tree.fileWith('const holidays = '),
        "start: '30 7 * * 1-5', end: '0 18 * * 1-5', minReplicas: 3",
        "start: '0 6 * * *', end: '0 22 * * *', minReplicas: 2",
      );
    },
  },
  {
    name: 'a worker more, of another image',
    make: (tree) => run(tree, 'new', 'worker', 'thumbnails', '--image', 'ghcr.io/example/thumbnails:1.4.0'),
  },
  {
    name: 'a worker more, on a queue that is there',
    make: (tree) => run(tree, 'new', 'worker', 'audit', '--queue', 'jobs'),
  },
  {
    name: 'a web service more',
    make: (tree) => run(tree, 'new', 'service', 'shop', '--image', 'ghcr.io/example/shop:2.0.1'),
  },
  {
    name: 'a scheduled job more',
    make: (tree) => run(tree, 'new', 'job', 'report', '--image', 'ghcr.io/example/report:0.3.0'),
  },
  {
    name: 'a job more, that publishes',
    make: (tree) =>
      run(tree, 'new', 'job', 'feed', '--image', 'ghcr.io/example/feed:0.3.0', '--queue', 'jobs'),
  },
  {
    name: 'an environment like production',
    decides: 'the environment more',
    make: (tree) => run(tree, 'new', 'environment', 'staging', '--like', 'production'),
  },
  {
    name: 'an environment like the laptop',
    decides: 'the environment more',
    make: (tree) => run(tree, 'new', 'environment', 'lab', '--like', 'local'),
  },
  {
    name: 'a worker that an HPA scales',
    decides: 'the policy',
    make: (tree) => {
      policy(tree, 'proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 12 })');
      scaler(tree, 'hpa');
    },
  },
  {
    name: 'KEDA in place of the adapter, and a worker that it scales',
    decides: 'the policy',
    make: (tree) => {
      policy(tree, 'proportional({ perReplica: 10, maxReplicas: 12 })');
      scaler(tree, 'keda');
      for (const path of [LOCAL, PRODUCTION]) {
        tree.replace(path, "    'prometheus-adapter',\n", '');
        tree.replace(path, "    'kube-prometheus-stack',\n", "    'keda',\n    'kube-prometheus-stack',\n");
      }
    },
  },
  {
    name: 'no work but the web service',
    removes: true,
    make: (tree) => {
      tree.remove(CONSUMER);
      tree.replace(WORKLOADS, /import \{ consumer \} .*\n/, '');
      tree.replace(WORKLOADS, /import \{ publisher(Application)? \} .*\n/, '');
      tree.replace(WORKLOADS, /\[publisher(?:Application)?, consumer, (\w+)\]/, (_, api) => `[${api}]`);
    },
  },
  {
    name: 'Kubernetes 1.37',
    make: (tree) => {
      property(tree, LOCAL, "kubernetes: '1.36'", "kubernetes: '1.37'");
      property(tree, PRODUCTION, "kubernetes: '1.36'", "kubernetes: '1.37'");
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
  {
    name: 'another policy in one environment',
    make: (tree) => {
      property(
        tree,
        PRODUCTION,
        "  name: 'production',\n",
        "  name: 'production',\n  workloads: { consumer: { policy: latch({ replicas: 40, startWhen: { readyAtLeast: 200 } }) } },\n",
      );
      property(tree, PRODUCTION, 'import {', "import { latch } from '@sluice/policy';\nimport {");
    },
  },
  {
    name: 'larger disks, and metrics for longer',
    make: (tree) => {
      property(
        tree,
        LOCAL,
        "monitoring: { retention: '2d', volume: '5Gi' }",
        "monitoring: { retention: '7d', volume: '20Gi' }",
      );
      property(tree, LOCAL, "brokerVolume: { size: '1Gi' }", "brokerVolume: { size: '3Gi' }");
    },
  },
  {
    name: 'requests split by Istio',
    decides: 'the canary',
    make: (tree) => property(tree, LOCAL, "canary: 'traefik'", "canary: 'istio'"),
  },
  {
    name: 'no canary, no certificates',
    decides: 'the canary',
    make: (tree) => {
      property(tree, PRODUCTION, /\n *canary: 'traefik',/, '');
      property(tree, PRODUCTION, /\n *clusterIssuer: 'letsencrypt',/, '');
    },
  },
];

/** @throws {Error} with what it said where it failed */
function run(tree: Tree, ...args: string[]): void {
  const { status, stderr } = tree.node(['cli/main.ts', ...args]);
  if (status !== 0) throw new Error(stderr);
}
