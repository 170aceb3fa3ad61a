/** Environments of the tests' own: what is expected of the machinery stays when the desired state of apps/ changes. */
import { type Environment, pages } from '../../environments/environment.ts';

const traefik = { ingressClassName: 'traefik', controller: { namespace: 'traefik', name: 'traefik' } };

/** One on a laptop. */
export const local: Environment = {
  name: 'local',
  repository: { repoURL: 'https://github.com/sluice/sluice.git', revision: 'main' },
  addons: [
    'argo-cd',
    'argo-rollouts',
    'kube-prometheus-stack',
    'metrics-server',
    'prometheus-adapter',
    'prometheus-operator-crds',
    'traefik',
  ],
  addonReplicas: 1,
  monitoring: { retention: '2d', volume: '5Gi' },
  logs: { stores: ['victoria-logs'], retention: '48h', volume: '5Gi' },
  broker: 'lavinmq',
  brokerVolume: { size: '1Gi' },
  kubernetes: '1.36',
  podSecurityVersion: 'v1.34',
  // The Service's address, and the node's: Docker gives kind's nodes one from 172.16.0.0/12.
  apiServer: [
    { cidr: '10.96.0.1/32', port: 443 },
    { cidr: '172.16.0.0/12', port: 6443 },
  ],
  nodes: '172.16.0.0/12',
  secrets: { kind: 'pre-made' },
  web: {
    ...traefik,
    entrance: { kind: 'node-ports', http: 30_080, https: 30_443 },
    openPages: { kind: 'without-login' },
    canary: 'traefik',
    hosts: pages('sluice.localhost'),
  },
};

/** One in a cloud, with everything. */
export const production: Environment = {
  name: 'production',
  // A deploy key reads it: the Secret `repository` of Argo CD.
  repository: { repoURL: 'git@github.com:sluice/sluice.git', revision: 'main' },
  addons: [
    'argo-cd',
    'argo-rollouts',
    'aws-efs-csi-driver',
    'aws-load-balancer-controller',
    'cert-manager',
    'external-secrets',
    'jenkins',
    'karpenter',
    'karpenter-crd',
    'kube-prometheus-stack',
    'metrics-server',
    // HPAs read Prometheus by it. KEDA would claim the same API: an environment has one of the two.
    'prometheus-adapter',
    'prometheus-operator-crds',
    'traefik',
    'trust-manager',
  ],
  addonReplicas: 2,
  storageClassName: 'gp3',
  monitoring: { retention: '15d', volume: '50Gi' },
  logs: {
    ...{ stores: ['loki', 'elasticsearch'], retention: '744h', volume: '20Gi' },
    elasticsearch: {
      authority: '2026',
      snapshots: { bucket: 'sluice-production-log-snapshots', region: 'eu-central-1', keepDays: 90 },
    },
  },
  aws: {
    region: 'eu-central-1',
    clusterName: 'sluice-production',
    vpcName: 'sluice-production',
    interruptionQueue: 'sluice-production-interruptions',
    fileSystemId: 'fs-0123456789abcdef0',
    logBucket: 'sluice-production-logs',
  },
  broker: 'lavinmq',
  brokerTls: { authority: '2026' },
  brokerVolume: { size: '20Gi', storageClassName: 'gp3' },
  kubernetes: '1.36',
  podSecurityVersion: 'v1.34',
  // EKS: the Service's address, and the subnets that hold the control plane's interfaces and nothing else.
  apiServer: [
    { cidr: '172.20.0.1/32', port: 443 },
    { cidr: '10.0.255.0/28', port: 443 },
    { cidr: '10.0.255.16/28', port: 443 },
    { cidr: '10.0.255.32/28', port: 443 },
  ],
  nodes: '10.0.0.0/16',
  secrets: {
    kind: 'external',
    documents: 'sluice/production',
    roles: {
      assumedBy: 'service-account',
      arnPrefix: 'arn:aws:iam::111122223333:role/sluice-production-secrets-',
    },
  },
  web: {
    ...traefik,
    entrance: { kind: 'load-balancer', loadBalancerClass: 'service.k8s.aws/nlb' },
    openPages: { kind: 'none' },
    clusterIssuer: 'letsencrypt',
    canary: 'traefik',
    hosts: pages('sluice.example.com'),
  },
};

export const environments: readonly Environment[] = [local, production];

/** A laptop with a Redis and the services of transactions. */
export const bank = {
  ...local,
  name: 'bank',
  redis: { volume: { size: '5Gi' }, fsync: 'always' },
  transactions: {
    mongodb: { volume: { size: '5Gi' } },
    elasticsearch: { volume: { size: '5Gi' } },
    load: { everyMinutes: 10, transactions: 1000 },
  },
} as const satisfies Environment;

/** The same in a cloud: replicated stores that answer by TLS, and backups. */
export const bankInProduction = {
  ...production,
  name: 'bank-in-production',
  storeTls: { authority: '2026' },
  redis: {
    ...{ volume: { size: '20Gi' }, fsync: 'always' },
    backups: { bucket: 'sluice-production-transactions', region: 'eu-central-1', keepDays: 7 },
  },
  transactions: {
    mongodb: { volume: { size: '100Gi' } },
    elasticsearch: { volume: { size: '100Gi' } },
    backups: { bucket: 'sluice-production-transactions', region: 'eu-central-1', keepDays: 30 },
  },
} as const satisfies Environment;
