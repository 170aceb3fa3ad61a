import { type Environment, pages, traefik } from './environment.ts';
import { repositoryByHttps } from './organization.ts';

/** One on a laptop. */
export const local: Environment = {
  name: 'local',
  repository: repositoryByHttps,
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
  sharedVolume: { accessMode: 'ReadWriteOnce' },
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
