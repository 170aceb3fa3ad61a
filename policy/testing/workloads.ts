import type { DeploymentTarget, ManagementSource, PrometheusSource } from '../index.ts';

/** What the tests of the compilers share: one queue, one Deployment. */
export const target: DeploymentTarget = { kind: 'deployment', namespace: 'consumer', name: 'consumer' };

const series = (state: string): string => `queue_messages_${state}{queue="jobs",vhost="/"}`;

export const scraped: PrometheusSource = {
  kind: 'prometheus',
  url: 'http://prometheus:9090',
  readyQuery: series('ready'),
  unackedQuery: series('unacked'),
};

export const asked: ManagementSource = {
  kind: 'management',
  url: 'http://broker:15672',
  vhost: '/',
  queue: 'jobs',
  username: 'scaler',
  passwordFile: '/etc/sluice/credentials/password',
};
