import type { GitRepository } from '../argocd/source.ts';
import type { BrokerKind } from '../charts/broker-flavors.ts';
import type { SecretStore } from '../charts/credentials.ts';
import type { ApiServerEndpoint } from '../charts/network-policy.ts';
import type { JobsWorkload } from './jobs.ts';
import type { AddonName } from './versions.ts';

/** Everything in which one environment differs from another. A further environment is one object more. */
export interface Environment {
  /** Its name: the folder below dist/. */
  readonly name: string;
  /** What its Argo CD follows. */
  readonly repository: GitRepository;
  /** What it has installed beside the work; the order says nothing. */
  readonly addons: readonly AddonName[];
  /** The broker that runs in it. */
  readonly broker: BrokerKind;
  /** The broker's disk. */
  readonly brokerVolume: { readonly size: string; readonly storageClassName?: string };
  /** The Kubernetes minor whose Pod Security Standards hold. */
  readonly podSecurityVersion: string;
  /** Where pods reach the API server: behind the Service, as a packet filter sees it. */
  readonly apiServer: readonly ApiServerEndpoint[];
  /** Where passwords come from. */
  readonly secrets: SecretStore;
  /** How web pages are reached. */
  readonly web: WebEntrance;
  /** What this environment wants otherwise of the work. @default nothing */
  readonly jobs?: Partial<JobsWorkload>;
}

export interface WebEntrance {
  /** The class of the ingress controller. */
  readonly ingressClassName: string;
  /** Where the controller's pods run. */
  readonly controller: { readonly namespace: string; readonly name: string };
  /** The host of each page. */
  readonly hosts: { readonly broker: string; readonly grafana: string; readonly prometheus: string };
  /** Who issues certificates. @default none: plain HTTP */
  readonly clusterIssuer?: string;
}

const repository: GitRepository = { repoURL: 'https://github.com/sluice/sluice.git', revision: 'main' };

const traefik = { ingressClassName: 'traefik', controller: { namespace: 'traefik', name: 'traefik' } };

export const local: Environment = {
  name: 'local',
  repository,
  addons: ['argo-cd'],
  broker: 'lavinmq',
  brokerVolume: { size: '1Gi' },
  podSecurityVersion: 'v1.34',
  // The Service's address, and the node's: Docker gives kind's nodes one from 172.16.0.0/12.
  apiServer: [
    { cidr: '10.96.0.1/32', port: 443 },
    { cidr: '172.16.0.0/12', port: 6443 },
  ],
  secrets: { kind: 'pre-made' },
  web: {
    ...traefik,
    hosts: {
      broker: 'broker.sluice.localhost',
      grafana: 'grafana.sluice.localhost',
      prometheus: 'prometheus.sluice.localhost',
    },
  },
};

export const production: Environment = {
  name: 'production',
  repository,
  addons: ['argo-cd'],
  broker: 'lavinmq',
  brokerVolume: { size: '20Gi', storageClassName: 'gp3' },
  podSecurityVersion: 'v1.34',
  // EKS: the Service's address, and the control plane's interfaces in the cluster's own subnets.
  apiServer: [
    { cidr: '172.20.0.1/32', port: 443 },
    { cidr: '10.0.0.0/16', port: 443 },
  ],
  secrets: { kind: 'external', clusterSecretStore: 'aws-secrets-manager', key: 'sluice/production/broker' },
  web: {
    ...traefik,
    clusterIssuer: 'letsencrypt',
    hosts: {
      broker: 'broker.sluice.example.com',
      grafana: 'grafana.sluice.example.com',
      prometheus: 'prometheus.sluice.example.com',
    },
  },
};

export const environments: readonly Environment[] = [local, production];
