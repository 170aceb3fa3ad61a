import { describe, expect, it } from 'vitest';
import { api, catalogues, consumer, producersOf, scaler } from './catalogue.ts';
import { bucketSeries, type Catalogue, countSeries, series, sumSeries, TARGET_LABELS } from './metric.ts';

const all = Object.entries<Catalogue>(catalogues).flatMap(([service, catalogue]) =>
  Object.values(catalogue).map((metric) => ({ service, name: metric.name, metric })),
);

describe('the selector of a metric', () => {
  it('is its name, with matchers in the order given', () => {
    expect(series(scaler.leader)).toBe('sluice_scaler_leader');
    expect(series(consumer.jobsProcessed, { namespace: 'thumbnails', outcome: 'retried' })).toBe(
      'jobs_processed_total{namespace="thumbnails",outcome="retried"}',
    );
  });

  it('has every comparison of PromQL', () => {
    const matchers = { status: { '=~': '5..' }, route: { '!=': '/healthz' }, method: { '!~': 'GET|HEAD' } };
    expect(series(api.requests, matchers)).toBe(
      'http_requests_total{status=~"5..",route!="/healthz",method!~"GET|HEAD"}',
    );
  });

  it('quotes what a string of PromQL cannot hold', () => {
    expect(series(scaler.backlog, { workload: 'a"b\\c\n' })).toBe(
      'sluice_scaler_backlog{workload="a\\"b\\\\c\\n"}',
    );
  });

  it('leaves out a matcher without a value', () => {
    expect(series(scaler.backlog, { workload: undefined, state: 'ready' })).toBe(
      'sluice_scaler_backlog{state="ready"}',
    );
  });

  it('of a histogram names one of its three series', () => {
    const service = 'api';
    expect([bucketSeries, sumSeries, countSeries].map((of) => of(api.duration, { service }))).toEqual([
      'http_request_duration_seconds_bucket{service="api"}',
      'http_request_duration_seconds_sum{service="api"}',
      'http_request_duration_seconds_count{service="api"}',
    ]);
  });

  it('takes no label and no value that the metric does not have, nor the bare name of a histogram', () => {
    // @ts-expect-error a label of another metric
    series(scaler.leader, { outcome: 'retried' });
    // @ts-expect-error no outcome
    series(consumer.jobsProcessed, { outcome: 'failed' });
    // @ts-expect-error a histogram has no series of its own name
    expect(series(api.duration)).toBe('http_request_duration_seconds');
  });
});

describe('the catalogues', () => {
  it.each(all)('of $service: $name is named as Prometheus names a metric of its type', ({ metric }) => {
    expect(metric.name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/);
    expect(metric.name.endsWith('_total')).toBe(metric.type === 'counter');
    expect(/_seconds(_total)?$/.test(metric.name)).toBe(/seconds$/.test(metric.unit));
    expect(metric.help).toMatch(/^[A-Z0-9].*\.$/);
  });

  it.each(all)('of $service: $name has labels of its own, none of the scrape', ({ metric }) => {
    const labels = Object.keys(metric.labels);
    expect(labels.filter((label) => !/^[a-z][a-z0-9_]*$/.test(label))).toEqual([]);
    expect(labels.filter((label) => TARGET_LABELS.some((other) => other === label))).toEqual([]);
  });

  it('have ascending buckets', () => {
    const histograms = all.flatMap(({ metric }) => (metric.type === 'histogram' ? [metric.buckets] : []));
    expect(histograms).toHaveLength(11);
    for (const buckets of histograms) expect(buckets).toEqual([...new Set(buckets)].sort((a, b) => a - b));
  });

  it('name each metric once in a service', () => {
    const names = all.map(({ service, name }) => `${service} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('say who registers a series', () => {
    const services = (name: string) => producersOf(name).map(({ service }) => service);
    expect(services('jobs_held')).toEqual(['consumer']);
    expect(services('amqp_connected')).toEqual(['consumer', 'publisher']);
    expect(services('job_wait_seconds_bucket')).toEqual(['consumer']);
    expect(services('job_wait_seconds')).toEqual([]);
    expect(services('kube_job_failed')).toEqual([]);
  });
});
