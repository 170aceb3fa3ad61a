/** AMQP, the management API and metrics over TLS, on a RabbitMQ with a certificate of an authority of our own. */
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { latch } from '@sluice/policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKER_TLS_PATH, flavorOf } from '../../charts/broker-flavors.ts';
import { workQueue } from '../../charts/queue-topology.ts';
import type { ClientPorts, LocalBroker } from '../../cli/local/rabbitmq.ts';
import { repositoryRoot } from '../../cli/up/processes.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { Authority, type Issued, replaceFile } from '../support/authority.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';
import { startBroker } from '../support/shared-broker.ts';

type Line = Record<string, unknown> & { msg: string; name: string };

const lines: Line[] = [];
const fleet = new ServiceProcesses((line, name) => lines.push({ ...line, name }));
const of = (name: string, msg: string) => lines.filter((line) => line.name === name && line.msg === msg);
const at = (name: string): string => join(fleet.directory, name);

const first = new Authority('first');
const second = new Authority('second');
/** What every client believes; a rotation replaces it under their feet. */
const believed = at('believed.pem');

let broker: LocalBroker;
let ports: ClientPorts;

/** What the broker presents from now on. */
async function present({ certificate, key }: Issued): Promise<void> {
  copyFileSync(key, at('tls.key'));
  copyFileSync(certificate, at('tls.crt'));
  // By itself it looks for changed files every two minutes.
  await broker?.evaluate('ssl:clear_pem_cache()');
}

/** Clients connect anew, with what they believe now. */
const closeConnections = (): Promise<string> =>
  broker.evaluate(
    '[rabbit_networking:close_connection(Pid, "rotation") || Pid <- rabbit_networking:connections()]',
  );

/** What charts/ renders for a broker with TLS, with the ports and the files of this machine. */
function listeners({ amqp, management, metrics }: ClientPorts): string[] {
  const { ports: rendered, config } = flavorOf('rabbitmq', true);
  return (config['rabbitmq.conf'] ?? '')
    .replaceAll(`${BROKER_TLS_PATH}/tls.`, at('tls.'))
    .replace(`listeners.ssl.default = ${rendered.amqp}`, `listeners.ssl.default = 127.0.0.1:${amqp}`)
    .replace(/(\w+)\.ssl\.port = /g, '$1.ssl.ip = 127.0.0.1\n$&')
    .replace(`= ${rendered.management}\n`, `= ${management}\n`)
    .replace(`= ${rendered.metrics}\n`, `= ${metrics}\n`)
    .split('\n')
    .filter((line) => !/^(loopback_users|$)/.test(line));
}

const portOf = (url: string): number => Number(new URL(url).port);

beforeAll(async () => {
  replaceFile(believed, first.certificate);
  await present(first.issue('localhost'));
  broker = await startBroker({ tls: { listeners, authoritiesFile: first.file } });
  ports = {
    ...{ amqp: portOf(broker.amqpUrl), management: portOf(broker.managementUrl) },
    metrics: portOf(broker.metricsUrl),
  };
});

afterAll(async () => {
  await fleet.stop();
  await broker?.stop();
  first.dispose();
  second.dispose();
});

/** Whose certificate a port presents now. */
async function issuerOf(port: number): Promise<string | string[] | undefined> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { issuer } = socket.getPeerCertificate();
  socket.destroy();
  return issuer.CN;
}

const password = () => fleet.file('password', broker.password);
const amqp = (authorities: string, host = 'localhost') => ({
  AMQP_URL: `amqps://${host}:${ports.amqp}/%2f`,
  AMQP_USERNAME: broker.username,
  AMQP_PASSWORD_FILE: password(),
  AMQP_CA_FILE: authorities,
});
const publish = (jobs: number) =>
  fleet.run('publisher', { ...amqp(believed), JOBS: String(jobs), RUN_ID: `run-${jobs}` });

async function topology(authorities: string, host = 'localhost'): Promise<number> {
  const document = workQueue({ queue: 'jobs', retrySeconds: 0.02, vhost: '/', passwordFiles: {} });
  return fleet.run('topology', {
    MANAGEMENT_URL: `https://${host}:${ports.management}`,
    MANAGEMENT_USERNAME: broker.username,
    MANAGEMENT_PASSWORD_FILE: password(),
    TOPOLOGY_FILE: fleet.file('topology.json', document),
    MANAGEMENT_CA_FILE: authorities,
    DEADLINE_SECONDS: '5',
  });
}

/** A scaler that reads the queue by the management API and by the metrics; nothing is scaled. */
function startScaler(authorities: string, host = 'localhost') {
  const queue = { vhost: '/', queue: 'jobs', caFile: authorities };
  const sources = {
    'by-management': {
      ...{ kind: 'management', url: `https://${host}:${ports.management}`, ...queue },
      ...{ username: broker.username, passwordFile: password() },
    },
    'by-metrics': { kind: 'detailed-metrics', url: `https://${host}:${ports.metrics}`, ...queue },
  };
  const workloads = Object.entries(sources).map(([name, source]) => ({
    ...{ name, source, policy: latch({ replicas: 1, startWhen: { readyAtLeast: 1_000_000 } }) },
    target: { kind: 'process', command: ['sleep', name], env: {}, graceSeconds: 1 },
  }));
  return fleet.start('scaler', {
    CONFIG_FILE: fleet.file(`scaler-${host}.json`, { pollSeconds: 2, workloads }),
  });
}

function startExporter(caFile: string, host = 'localhost') {
  const targets = [
    {
      ...{ name: 'broker', module: 'rabbitmq-management', caFile },
      url: `https://${host}:${ports.management}/api/queues`,
      basicAuth: { username: broker.username, passwordFile: password() },
    },
  ];
  return fleet.start('exporter', {
    MAPPINGS_DIRECTORY: join(repositoryRoot, 'services', 'exporter', 'mappings'),
    TARGETS_FILE: fleet.file(`targets-${host}.yaml`, { targets, allowAddresses: ['127.0.0.0/8', '::1/128'] }),
    ...{ INTERVAL_SECONDS: '2', TIMEOUT_SECONDS: '2' },
  });
}

/** The metrics of the last service of that name that was started. */
async function metricsOf(name: string): Promise<string> {
  await until(`${name} listens`, () => of(name, 'listening').length > 0, 30);
  const port = of(name, 'listening').at(-1)?.port;
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** What scaler and exporter could not read since, for want of trust. */
const untrusted = (since: number): Line[] =>
  lines.slice(since).filter(({ cause, reason }) => cause === 'untrusted' || reason === 'untrusted');

/** The values of a metric, each with its labels as text. */
const samples = (text: string, metric: string): [string, number][] =>
  [...text.matchAll(new RegExp(`^${metric}\\{(.*)\\} (\\S+)$`, 'gm'))].map(([, labels = '', value]) => [
    labels,
    Number(value),
  ]);

/** When each source of the scaler, and the target of the exporter, was last read; epoch seconds. */
async function lastReadings(): Promise<number[]> {
  const [scaler, exporter] = [await metricsOf('scaler'), await metricsOf('exporter')];
  const now = Date.now() / 1000;
  const ages = samples(scaler, 'sluice_scaler_reading_age_seconds');
  const read = samples(exporter, 'sluice_exporter_target_last_success_timestamp_seconds');
  return [...ages.map(([, age]) => now - age), ...read.map(([, at]) => at)];
}

/** Waits until all three ways of reading have been gone since now. */
async function readAnew(): Promise<void> {
  const now = Date.now() / 1000;
  const fresh = async () => (await lastReadings()).filter((at) => at > now).length;
  await expect.poll(fresh, { timeout: patient(30) * 1000 }).toBe(3);
}

describe('a broker with TLS', () => {
  it('listens as it is rendered, and never in clear text', async () => {
    const told = await broker.evaluate(
      'lists:sort([element(3, L) || L <- rabbit_networking:active_listeners()])',
    );
    expect(told.trim().replaceAll(/\s/g, '')).toBe("['amqp/ssl',clustering,https,'https/prometheus']");
    for (const url of [broker.managementUrl, broker.metricsUrl])
      await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
    const { child, ended } = fleet.start('consumer', {
      ...{ AMQP_URL: broker.amqpUrl.replace('amqps', 'amqp'), QUEUE: 'jobs' },
    });
    await until('the refusal', () => of('consumer', 'connection lost').length > 0, 30);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(of('consumer', 'connected')).toEqual([]);
  });

  it('gets its topology from a client that trusts its authority, and from no other', async () => {
    expect(await topology(second.file)).not.toBe(0);
    expect(JSON.stringify(of('topology', 'topology not declared'))).toMatch(/is not trusted: .*certificate/);
    expect(await topology(first.file, '127.0.0.1')).not.toBe(0);
    expect(await topology(first.file)).toBe(0);
  });

  it('is trusted by its authority: jobs are published and done', async () => {
    fleet.start('consumer', { ...amqp(believed), QUEUE: 'jobs', WORK_SECONDS: '0' });
    expect(await publish(3)).toBe(0);
    await until('3 jobs to be done', () => of('consumer', 'job processed').length === 3, 30);
  });

  it.each([
    ['by who believes another, who then gets no job', () => amqp(second.file), /certificate|self-signed/i],
    [
      'under a name that its certificate does not have',
      () => amqp(first.file, '127.0.0.1'),
      /certificate's altnames/,
    ],
  ])('is refused %s', async (_, variables, why) => {
    const [done, before] = ['job processed', 'connection lost'].map((msg) => of('consumer', msg).length);
    const { child, ended } = fleet.start('consumer', { ...variables(), QUEUE: 'jobs' });
    await until('the refusal', () => of('consumer', 'connection lost').length > (before ?? 0), 30);
    expect(JSON.stringify(of('consumer', 'connection lost').slice(before))).toMatch(why);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(of('consumer', 'job processed')).toHaveLength(done ?? 0);
  });

  it.each([
    ['another authority', second.file, 'localhost', /is not trusted: .*certificate/],
    ['another name', first.file, '127.0.0.1', /is not trusted: .*altnames/],
  ])('is read by no scaler and no exporter that believes %s', async (_, authorities, host, why) => {
    const heard = lines.length;
    const services = [startScaler(authorities, host), startExporter(authorities, host)];
    const refusals = () => untrusted(heard).filter(({ error }) => why.test(String(error)));
    const refused = () => new Set(refusals().map(({ workload, target }) => workload ?? target));
    await until('both sources of the scaler and the target to be refused', () => refused().size === 3, 30);
    expect(await metricsOf('scaler')).not.toMatch(/^sluice_scaler_backlog\{/m);
    for (const { child, ended } of services) {
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
  });

  it('changes its certificate and its authority under consumer, publisher, scaler and exporter that go on running', async () => {
    startScaler(believed);
    startExporter(believed);
    await readAnew();
    const done = of('consumer', 'job processed').length;
    const heard = lines.length;

    // Both authorities are trusted during the change.
    replaceFile(believed, `${first.certificate}${second.certificate}`);
    await present(second.issue('localhost'));
    for (const port of Object.values(ports)) expect(await issuerOf(port)).toBe('second');
    await closeConnections();
    expect(await publish(2)).toBe(0);
    await until('2 more jobs to be done', () => of('consumer', 'job processed').length === done + 2, 60);
    await readAnew();

    // The old authority is removed; a certificate that it signed would be refused.
    replaceFile(believed, second.certificate);
    await closeConnections();
    expect(await publish(4)).toBe(0);
    await until('4 more jobs to be done', () => of('consumer', 'job processed').length === done + 6, 60);
    await readAnew();
    expect(untrusted(heard)).toEqual([]);
  });
});
