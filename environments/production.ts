import { type Environment, pages, traefik } from './environment.ts';
import { organization, repositoryBySsh } from './organization.ts';

/** What the cloud calls the cluster, and what begins the names of its parts. */
const NAME = `${organization.cloud.prefix}-production`;

/** One in a cloud, with everything. */
export const production: Environment = {
  name: 'production',
  // A deploy key reads it: the Secret `repository` of Argo CD.
  repository: repositoryBySsh,
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
      snapshots: { bucket: `${NAME}-log-snapshots`, region: 'eu-central-1', keepDays: 90 },
    },
  },
  logReports: { store: 'loki', rawBucket: `${NAME}-log-windows`, reportBucket: `${NAME}-log-reports` },
  aws: {
    region: 'eu-central-1',
    clusterName: NAME,
    vpcName: NAME,
    interruptionQueue: `${NAME}-interruptions`,
    fileSystemId: 'fs-0123456789abcdef0',
    logBucket: `${NAME}-logs`,
  },
  broker: 'lavinmq',
  brokerTls: { authority: '2026' },
  brokerVolume: { size: '20Gi', storageClassName: 'gp3' },
  sharedVolume: { storageClassName: 'efs' },
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
    documents: `${organization.cloud.prefix}/production`,
    roles: {
      assumedBy: 'service-account',
      arnPrefix: `arn:aws:iam::${organization.cloud.account}:role/${NAME}-secrets-`,
    },
  },
  web: {
    ...traefik,
    entrance: { kind: 'load-balancer', loadBalancerClass: 'service.k8s.aws/nlb' },
    openPages: { kind: 'none' },
    board: { kind: 'basic-auth' },
    clusterIssuer: 'letsencrypt',
    canary: 'traefik',
    hosts: pages(organization.domain),
  },
  alerting: { second: { kind: 'slack', channel: '#alerts' } },
};
