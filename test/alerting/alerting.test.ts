import { latch } from '@sluice/policy';
import { freePort } from '@sluice/runtime/processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { production, render } from '../../apps/testing/desired-state.ts';
import { type LocalBroker, startRabbitMQ } from '../../cli/local/rabbitmq.ts';
import { type ServiceProcess, stopService } from '../../cli/up/processes.ts';
import { eventually, JobHarness } from '../support/job-harness.ts';
import { Channel } from './channel.ts';
import { firing, type Running, startAlertmanager, startPrometheus } from './servers.ts';

/** Seconds that the oldest job may wait, five minutes at the pace of the test. */
const WAIT_SECONDS = 5;

/** The rules of the desired state on RabbitMQ; what a job may wait is at the pace of the test too. */
function rulesOf(...paths: readonly string[]): object {
  const files = render([{ ...production, broker: 'rabbitmq' }]);
  const groups = paths.flatMap((path) => {
    const text = files.get(`production/${path}.yaml`);
    if (text === undefined) throw new Error(`there is no ${path}`);
    return (parse(text) as { spec: { groups: object[] } }).spec.groups;
  });
  const text = JSON.stringify({ groups });
  const waits = /sluice_scaler_leader == 1\)\) > 300"/g;
  expect(text.match(waits)).toHaveLength(1);
  return JSON.parse(text.replace(waits, `sluice_scaler_leader == 1)) > ${WAIT_SECONDS}"`)) as object;
}

describe('an alert', () => {
  let broker: LocalBroker;
  let harness: JobHarness;
  let channel: Channel;
  let alertmanager: Running;
  let prometheus: Running;
  let port = 0;

  beforeAll(async () => {
    broker = await startRabbitMQ({ collectStatisticsMs: 200 });
    harness = await JobHarness.open(broker);
    channel = await Channel.open();
    alertmanager = await startAlertmanager(channel.url);
    const scaler = await startScaler();
    port = await freePort();
    const metrics = new URL(broker.metricsUrl).host;
    const labels = { namespace: 'broker' };
    const rules = rulesOf(
      'broker/prometheusrule-broker.broker',
      'consumer/prometheusrule-consumer.consumer',
      'scaler/prometheusrule-scaler.scaler',
    );
    prometheus = await startPrometheus(
      rules,
      [
        { job: 'broker', address: metrics, labels },
        {
          ...{ job: 'broker', address: metrics, labels, path: '/metrics/detailed' },
          params: { family: ['queue_coarse_metrics'] },
        },
        { job: 'scaler', address: scaler, labels: { namespace: 'scaler', pod: 'scaler-0' } },
        { job: 'consumer', address: `127.0.0.1:${port}`, labels: { namespace: 'consumer', pod: 'a' } },
      ],
      alertmanager.url,
    );
  });

  afterAll(async () => {
    prometheus?.stop();
    alertmanager?.stop();
    channel?.close();
    await harness?.close();
    await broker?.stop();
  });

  /** A scaler that reads the queue and opens nothing: the consumers are the test's. */
  async function startScaler(): Promise<string> {
    const { managementUrl, username, password } = broker;
    const passwordFile = harness.fleet.file('password', password);
    const source = { kind: 'management', url: managementUrl, vhost: harness.vhost.name, queue: 'jobs' };
    harness.fleet.start('scaler', {
      CONFIG_FILE: harness.fleet.file('scaler.json', {
        pollSeconds: 0.5,
        workloads: [
          {
            name: 'jobs',
            source: { ...source, username, passwordFile },
            policy: latch({ replicas: 25, startWhen: { readyAtLeast: 1_000_000 } }),
            target: { kind: 'process', command: [process.execPath, '--version'], env: {}, graceSeconds: 1 },
          },
        ],
      }),
    });
    await harness.get('scaler', '/metrics');
    const line = harness.of('listening').findLast(({ service }) => service === 'scaler');
    return `127.0.0.1:${line?.port}`;
  }

  const startConsumer = (): ServiceProcess => harness.startConsumer({ HTTP_PORT: String(port) });
  const publish = async (count: number): Promise<void> => {
    const code = await harness.publish({ JOBS: String(count), EXCHANGE: 'jobs', ROUTING_KEY: 'jobs' });
    expect(code).toBe(0);
  };

  it('on RabbitMQ asks for metrics that it exposes', async () => {
    const pages = await Promise.all(
      ['/metrics', '/metrics/detailed?family=queue_coarse_metrics'].map(async (path) => {
        const response = await fetch(new URL(path, broker.metricsUrl));
        return response.text();
      }),
    );
    const rules = JSON.stringify(
      rulesOf('broker/prometheusrule-broker.broker', 'consumer/prometheusrule-consumer.consumer'),
    );
    const asked = [...new Set(rules.match(/rabbitmq_\w+/g))];
    expect(asked.length).toBeGreaterThan(4);
    for (const name of asked) expect(pages.join('\n')).toContain(`\n# TYPE ${name} `);
  });

  it('arrives with its text when the consumers stop, and is resolved when they start', async () => {
    const consumer = startConsumer();
    await publish(10);
    await eventually('the first jobs are done', async () => harness.ended('succeeded').length === 10);
    expect(channel.messages).toEqual([]);

    await stopService(consumer, 20);
    await publish(3);
    const title = 'WARNING: BacklogOlderThanObjective of jobs in consumer';
    await eventually('the alert arrives', async () => channel.titled(title) !== undefined, 60);
    const { text = '' } = channel.titled(title) ?? {};
    expect(text).toMatch(/^\*\*The oldest message of jobs has waited \d+(\.\d+)?s\.\*\*\n/);
    expect(text).toMatch(/Since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC; owner platform\./);
    expect(text).toContain('alerts.md#backlogolderthanobjective)');
    expect(text).toContain(
      '[dashboard](https://grafana.test/d/sluice-queue-workload?from=now-3h&var-namespace=consumer&var-workload=jobs)',
    );
    expect(text).toContain('[logs](https://grafana.test/explore?left=');

    startConsumer();
    const resolved = 'RESOLVED: BacklogOlderThanObjective of jobs in consumer';
    await eventually('it is resolved', async () => channel.titled(resolved) !== undefined, 60);
    expect(harness.ended('succeeded')).toHaveLength(13);
  });

  it('of a broker that is down arrives alone', async () => {
    channel.messages.length = 0;
    await broker.kill9();
    const title = 'CRITICAL: BrokerDown in broker';
    await eventually('the alert arrives', async () => channel.titled(title) !== undefined, 60);
    // The scaler cannot read either, and its alert fires.
    await eventually(
      'the alert of the scaler fires',
      async () => (await firing(prometheus)).includes('ScalerReadingsFail'),
      60,
    );
    const silenced = async (): Promise<boolean> => {
      const response = await fetch(`${alertmanager.url}/api/v2/alerts?inhibited=true&active=false`);
      const alerts = (await response.json()) as { labels: { alertname: string } }[];
      return alerts.some(({ labels }) => labels.alertname === 'ScalerReadingsFail');
    };
    await eventually('Alertmanager silences it', silenced, 60);
    expect([...new Set(channel.messages.map((message) => message.title))]).toEqual([title]);
    expect(channel.titled(title)?.text).toContain('**Prometheus cannot scrape the broker.**');
  });
});
