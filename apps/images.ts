/**
 * Every image that runs, pinned; the only place that names one. With their digests they are written by CI: those built
 * here by the workflow 'images', others' by scripts/ci/pin-images.ts and Renovate.
 */
export const images = {
  api: 'ghcr.io/sluice/api:0.1.0',
  exporter: 'ghcr.io/sluice/exporter:0.1.0',
  publisher: 'ghcr.io/sluice/publisher:0.1.0',
  consumer: 'ghcr.io/sluice/consumer:0.1.0',
  scaler: 'ghcr.io/sluice/scaler:0.1.0',
  topology: 'ghcr.io/sluice/topology:0.1.0',
  lavinmq: 'docker.io/cloudamqp/lavinmq:2.9.1',
  rabbitmq: 'docker.io/library/rabbitmq:4.2.1',
  opentelemetryCollector: 'docker.io/otel/opentelemetry-collector-k8s:0.158.0',
  buildkit: 'docker.io/moby/buildkit:v0.25.1-rootless',
} as const;
