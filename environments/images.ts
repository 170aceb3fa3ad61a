import { organization } from './organization.ts';

const { registry } = organization;

/**
 * Every image that runs, pinned; the only place that names one. With their digests they are written by CI: those built
 * here by the workflow 'images', others' by scripts/ci/pin-images.ts and Renovate.
 */
export const images = {
  api: `${registry}/api:0.1.0`,
  board: `${registry}/board:0.1.0`,
  collector: `${registry}/collector:0.1.0`,
  exporter: `${registry}/exporter:0.1.0`,
  inject: `${registry}/inject:0.1.0`,
  journal: `${registry}/journal:0.1.0`,
  'log-gate': `${registry}/log-gate:0.1.0`,
  'log-reports': `${registry}/log-reports:0.1.0`,
  process: `${registry}/process:0.1.0`,
  publisher: `${registry}/publisher:0.1.0`,
  query: `${registry}/query:0.1.0`,
  'queue-exporter': `${registry}/queue-exporter:0.1.0`,
  consumer: `${registry}/consumer:0.1.0`,
  scaler: `${registry}/scaler:0.1.0`,
  'store-backup': `${registry}/store-backup:0.1.0`,
  topology: `${registry}/topology:0.1.0`,
  lavinmq: 'docker.io/cloudamqp/lavinmq:2.9.1',
  rabbitmq: 'docker.io/library/rabbitmq:4.2.1',
  valkey:
    'docker.io/valkey/valkey:8.1.10@sha256:640c5e62cea04b6d6f2084232651d0cc70362d31f4f805e7be94dbed6855e8f2',
  victoriaLogs:
    'docker.io/victoriametrics/victoria-logs:v1.52.0@sha256:47b820890d64c4575a2a0a46415dcd8a4fd59a0f1fcd6a377693d7aea639442e',
  opentelemetryCollector: 'docker.io/otel/opentelemetry-collector-k8s:0.158.0',
  elasticsearch: 'docker.elastic.co/elasticsearch/elasticsearch:9.2.1',
  mongodb: 'docker.io/percona/percona-server-mongodb:8.0.19-7',
  mongodbBackup: 'docker.io/percona/percona-backup-mongodb:2.12.0',
  redisExporter:
    'docker.io/oliver006/redis_exporter:v1.88.0@sha256:ead15fa913b45314068b9237bb5eff1e97bcb41d63fbe6267befe34667b5f856',
  mongodbExporter: 'docker.io/percona/mongodb_exporter:0.53.0',
  elasticsearchExporter: 'quay.io/prometheuscommunity/elasticsearch-exporter:v1.10.0',
  kibana: 'docker.elastic.co/kibana/kibana:9.2.1',
  buildkit: 'docker.io/moby/buildkit:v0.25.1-rootless',
} as const;
