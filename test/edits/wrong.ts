import { CONSUMER, type Edit, LOCAL, PRODUCTION, policy, scaler, WORKLOADS } from './edit.ts';
import type { Tree } from './tree.ts';

/** A change of desired state that cannot be. */
export interface WrongEdit extends Edit {
  /** What `sluice synth` must say; of 'types', the compiler. */
  readonly says: RegExp;
  readonly by?: 'synth' | 'types';
}

/** A worker in a file of its own, and in the list. */
function worker(tree: Tree, values: string): void {
  tree.write(
    'apps/workloads/mail.ts',
    `import { latch } from '@sluice/policy';
import { queueWorker } from './queue-worker.ts';

/** Sends mail. */
export const mail = queueWorker('mail', {
  image: 'ghcr.io/example/mail:1.0.0',
  http: false,
  longestJobSeconds: 20,
  stopDeadlineSeconds: 30,
  queue: { queue: 'mail', retrySeconds: 30 },
  policy: latch({ replicas: 5, startWhen: { readyAtLeast: 20 } }),
  ${values}
});
`,
  );
  tree.replace(WORKLOADS, 'import { consumer }', "import { mail } from './mail.ts';\nimport { consumer }");
  tree.replace(WORKLOADS, '  consumer,\n', '  consumer,\n  mail,\n');
}

/** Every one must end with 2 and the sentence, before anything is written. */
export const wrongEdits: readonly WrongEdit[] = [
  {
    name: 'fewest above most',
    make: (tree) => policy(tree, 'proportional({ perReplica: 10, minReplicas: 11, maxReplicas: 10 })'),
    says: /'minReplicas' \(11\) must not exceed 'maxReplicas' \(10\)/,
  },
  {
    name: 'a latch to no replica',
    make: (tree) => policy(tree, 'latch({ replicas: 0, startWhen: { readyAtLeast: 100 } })'),
    says: /'replicas' \(0\) must be an integer of at least 1/,
  },
  {
    name: 'a time zone that is none, and an hour that is none',
    make: (tree) =>
      policy(
        tree,
        "schedule({ policy: latch({ replicas: 5, startWhen: { readyAtLeast: 1 } }), timeZone: 'Mars/Base', windows: [{ start: '0 25 * * *', end: '0 9 * * *', minReplicas: 1 }] })",
      ),
    says: /'timeZone' \("?Mars\/Base"?\) must be an IANA time zone[\s\S]*'windows\[0\]\.start'/,
  },
  {
    name: 'a queue that another worker brings',
    make: (tree) => worker(tree, "queue: { queue: 'jobs', retrySeconds: 5 },"),
    says: /the queue 'jobs' must be declared once/,
  },
  {
    name: 'a queue that no worker brings',
    make: (tree) => worker(tree, "queue: 'jbos',"),
    says: /the broker user 'mail' works with 'jbos', which is none of the queues \(jobs\)/,
  },
  {
    name: 'a stop that is shorter than a job',
    make: (tree) => worker(tree, 'stopDeadlineSeconds: 10,'),
    says: /'stopDeadlineSeconds' \(10\) must be at least 'prefetch' \(1\) x 'longestJobSeconds' \(20\)/,
  },
  {
    name: 'an image that floats',
    make: (tree) => worker(tree, "image: 'ghcr.io/example/mail:latest',"),
    says: /'image' \(ghcr\.io\/example\/mail:latest\)/,
  },
  {
    name: 'a variable that is no name',
    make: (tree) => worker(tree, "environment: () => ({ 'MY-KEY': 'x' }),"),
    says: /'environment' \(MY-KEY\) must be a name of letters, digits and _/,
  },
  {
    name: 'prometheus-adapter and KEDA',
    make: (tree) =>
      tree.replace(LOCAL, "    'prometheus-adapter',\n", "    'prometheus-adapter',\n    'keda',\n"),
    says: /'addons' must not have both prometheus-adapter and keda/,
  },
  {
    name: 'an addon without what it needs',
    make: (tree) => tree.replace(LOCAL, "    'argo-cd',\n", "    'argo-cd',\n    'karpenter',\n"),
    says: /'addons' \(karpenter\) needs 'aws'[\s\S]*'addons' \(karpenter\) needs karpenter-crd beside it/,
  },
  {
    name: 'no addons, and nothing said of the definitions',
    make: (tree) => {
      tree.replace(LOCAL, /addons: \[[^\]]*\],/, 'addons: [],');
      tree.replace(LOCAL, /stores: \[[^\]]*\],/, 'stores: [],');
      tree.replace(LOCAL, /\n *canary: 'traefik',/, '');
    },
    says: /Environment 'local': 'addons' must define monitoring\.coreos\.com\/ServiceMonitor \(\w+\): the addon prometheus-operator-crds does, or, .*'definitions' names prometheus-operator-crds/,
  },
  {
    name: 'certificates that nothing issues',
    make: (tree) => tree.replace(PRODUCTION, "    'cert-manager',\n", ''),
    says: /'clusterIssuer' \(letsencrypt\) needs the addon cert-manager/,
  },
  {
    name: 'open pages on the internet',
    make: (tree) =>
      tree.replace(PRODUCTION, "openPages: { kind: 'none' }", "openPages: { kind: 'without-login' }"),
    says: /'openPages' \(without-login\) must be none, basic-auth or oidc behind a load balancer/,
  },
  {
    name: 'an API server nowhere',
    make: (tree) => tree.replace(LOCAL, "cidr: '10.96.0.1/32'", "cidr: '10.96.0.1'"),
    says: /'cidr' \(10\.96\.0\.1\) must be an IPv4 block such as 10\.0\.0\.0\/16/,
  },
  {
    name: 'a repository without an address',
    make: (tree) =>
      tree.replace(
        LOCAL,
        'repository: repositoryByHttps',
        "repository: { repoURL: 'sluice', revision: 'main' }",
      ),
    says: /'repoURL' \(sluice\) must be a URL/,
  },
  {
    name: 'two environments of one name',
    make: (tree) => tree.replace(PRODUCTION, "  name: 'production',", "  name: 'local',"),
    says: /the environment 'local' must be declared once/,
  },
  {
    name: 'a name for a worker that is no DNS label',
    make: (tree) => {
      worker(tree, '');
      tree.replace('apps/workloads/mail.ts', "queueWorker('mail'", "queueWorker('Mail_Out'");
    },
    says: /\("Mail_Out"\) must be a DNS-1123 label/,
  },
  {
    name: 'an override of a worker that is not there',
    make: (tree) =>
      tree.replace(LOCAL, "  name: 'local',\n", "  name: 'local',\n  workloads: { consumr: 'absent' },\n"),
    says: /'workloads\.consumr' must name one of the workloads/,
  },
  {
    name: 'a latch that an HPA scales',
    make: (tree) => scaler(tree, 'hpa'),
    says: /startWhen\.readyAtLeast: An HPA moves in proportion to its metric.*choose the own scaler/,
  },
  {
    name: 'a worker that KEDA scales, without KEDA',
    make: (tree) => {
      policy(tree, 'proportional({ perReplica: 10, maxReplicas: 12 })');
      scaler(tree, 'keda');
    },
    says: /needs the addon keda/,
  },
  {
    name: 'text that is no TypeScript',
    make: (tree) => tree.replace(CONSUMER, 'export const consumer = ', 'export const consumer = = '),
    says: /^apps\/workloads\/consumer\.ts:\d+:\d+: .+\n$/,
  },
  {
    name: 'a module that is not there',
    make: (tree) => tree.replace(WORKLOADS, "'./consumer.ts'", "'./consumr.ts'"),
    says: /^[^\n]*consumr\.ts[^\n]*apps\/workloads\/index\.ts[^\n]*\n$/,
  },
  {
    name: 'an addon that does not exist',
    make: (tree) => tree.replace(LOCAL, "    'argo-cd',\n", "    'argo-cd',\n    'argo-dc',\n"),
    says: /environments\/local\.ts\(\d+,\d+\): error TS2\d+: .*argo-dc/,
    by: 'types',
  },
];
