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
  rabbitmq:
    'docker.io/library/rabbitmq:4.2.9@sha256:ed3b6942a720f4319ab4fe63802c80a20fb65143af2e814150252e8ce4d68c39',
  valkey:
    'docker.io/valkey/valkey:8.1.10@sha256:640c5e62cea04b6d6f2084232651d0cc70362d31f4f805e7be94dbed6855e8f2',
  victoriaLogs:
    'docker.io/victoriametrics/victoria-logs:v1.52.0@sha256:47b820890d64c4575a2a0a46415dcd8a4fd59a0f1fcd6a377693d7aea639442e',
  opentelemetryCollector:
    'docker.io/otel/opentelemetry-collector-k8s:0.160.0@sha256:76d7a04f2291da1d8b7ce259468d09f0f9f44f71f67a5737539f64ca82b5bdb1',
  elasticsearch:
    'docker.elastic.co/elasticsearch/elasticsearch:9.5.1@sha256:b70b3017fbd35310bc57e7e3f8c0ca42ca0b94df3331f747b7cdcfddae430a5a',
  mongodb: 'docker.io/percona/percona-server-mongodb:8.0.19-7',
  mongodbBackup: 'docker.io/percona/percona-backup-mongodb:2.12.0',
  redisExporter:
    'docker.io/oliver006/redis_exporter:v1.88.0@sha256:ead15fa913b45314068b9237bb5eff1e97bcb41d63fbe6267befe34667b5f856',
  mongodbExporter: 'docker.io/percona/mongodb_exporter:0.53.0',
  elasticsearchExporter:
    'quay.io/prometheuscommunity/elasticsearch-exporter:v1.11.0@sha256:a056739b095df4baaa076f0b31321394233da9a240eeada2623d1b028b7ee7a6',
  kibana:
    'docker.elastic.co/kibana/kibana:9.5.1@sha256:f1e3cb03928b2c88590579445cd3ea3fad750a1b1ced653193ce4211051d2206',
  buildkit:
    'docker.io/moby/buildkit:v0.33.0-rootless@sha256:80b15f0735e87bab7bf59ec4d695dfb4a7cfb25521cf56dc75d6f256285b63ef',
} as const;
