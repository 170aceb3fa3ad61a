import { ClusterIssuer } from '../../charts/cluster-issuer.ts';
import { Priority } from '../../charts/priority.ts';
import type { Application } from '../application.ts';
import { broker, PRIORITY } from './identities.ts';

/** What belongs to no namespace. */
export const cluster: Application = {
  name: 'cluster',
  parent: 'infra-workloads',
  namespace: broker.namespace,
  stage: 'foundation',
  build: (scope, { web: { clusterIssuer, ingressClassName } }) => {
    if (clusterIssuer !== undefined)
      new ClusterIssuer(scope, 'issuer', { name: clusterIssuer, ingressClassName });
    new Priority(scope, PRIORITY.high, {
      name: PRIORITY.high,
      value: 1_000_000,
      description: 'What others wait for: the broker, the scaler, and the web service that answers people.',
    });
    new Priority(scope, PRIORITY.low, {
      name: PRIORITY.low,
      value: 500_000,
      preempts: false,
      description: 'Work that can wait for room: a job that is put off is still in its queue.',
    });
  },
};
