/** AMQP and the management API over TLS, on a RabbitMQ with a certificate of an authority of our own. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { freePorts } from '@sluice/runtime/processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workQueue } from '../../charts/queue-topology.ts';
import { type LocalBroker, startRabbitMQ } from '../../cli/local/rabbitmq.ts';
import { Fleet, until } from '../support/fleet.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
const at = (name: string): string => join(folder, name);
const openssl = (...args: string[]): void =>
  void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

/** An authority, and a certificate of the broker's name by it. */
function issue(authority: string, certificate: string, host = 'localhost'): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    `/CN=${authority}`,
    '-keyout',
    `${authority}.key`,
    '-out',
    `${authority}.pem`,
  );
  openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    `/CN=${host}`,
    '-addext',
    `subjectAltName=DNS:${host}`,
    '-addext',
    'basicConstraints=critical,CA:FALSE',
    '-CA',
    `${authority}.pem`,
    '-CAkey',
    `${authority}.key`,
    '-keyout',
    `${certificate}.key`,
    '-out',
    `${certificate}.pem`,
  );
}

let broker: LocalBroker;
let ports: number[];
const lines: (Record<string, unknown> & { msg: string })[] = [];
const fleet = new Fleet((line, name) => lines.push({ ...line, name }));
const of = (name: string, msg: string) => lines.filter((line) => line.name === name && line.msg === msg);

/** What the broker presents from now on. */
async function present(certificate: string): Promise<void> {
  for (const kind of ['key', 'pem']) copyFileSync(at(`${certificate}.${kind}`), at(`served.${kind}`));
  // By itself it looks for changed files every two minutes.
  await broker?.control('eval', 'ssl:clear_pem_cache().');
}

beforeAll(async () => {
  issue('first', 'broker');
  issue('second', 'renewed');
  openssl('x509', '-in', 'first.pem', '-out', 'trusted.pem');
  await present('broker');
  ports = await freePorts(2);
  const files = (prefix: string) => [
    `${prefix}.certfile = ${at('served.pem')}`,
    `${prefix}.keyfile = ${at('served.key')}`,
  ];
  broker = await startRabbitMQ({
    configuration: [
      `listeners.ssl.1 = 127.0.0.1:${ports[0]}`,
      `ssl_options.cacertfile = ${at('first.pem')}`,
      ...files('ssl_options'),
      'management.ssl.ip = 127.0.0.1',
      `management.ssl.port = ${ports[1]}`,
      ...files('management.ssl'),
    ],
  });
}, 120_000);

afterAll(async () => {
  await fleet.stop();
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Whose certificate a port presents now. */
async function issuerOf(port: number): Promise<string | string[] | undefined> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { issuer } = socket.getPeerCertificate();
  socket.destroy();
  return issuer.CN;
}

const amqp = (authority: string) => ({
  AMQP_URL: `amqps://localhost:${ports[0]}/%2f`,
  AMQP_USERNAME: broker.username,
  AMQP_PASSWORD_FILE: fleet.file('password', broker.password),
  AMQP_CA_FILE: at(authority),
});
const publish = (jobs: number) =>
  fleet.run('publisher', { ...amqp('trusted.pem'), JOBS: String(jobs), RUN_ID: `run-${jobs}` });

async function topology(authority: string): Promise<number> {
  const document = workQueue({ queue: 'jobs', retrySeconds: 0.02, vhost: '/', passwordFiles: {} });
  return fleet.run('topology', {
    MANAGEMENT_URL: `https://localhost:${ports[1]}`,
    MANAGEMENT_USERNAME: broker.username,
    MANAGEMENT_PASSWORD_FILE: fleet.file('password', broker.password),
    TOPOLOGY_FILE: fleet.file('topology.json', document),
    MANAGEMENT_CA_FILE: at(authority),
    DEADLINE_SECONDS: '10',
  });
}

describe('a broker with TLS', () => {
  it('gets its topology from who believes its authority, and from nobody else', async () => {
    expect(await topology('second.pem')).not.toBe(0);
    expect(await topology('first.pem')).toBe(0);
  });

  it('is believed by its authority: jobs are published and done', async () => {
    fleet.start('consumer', { ...amqp('trusted.pem'), QUEUE: 'jobs', WORK_SECONDS: '0' });
    expect(await publish(3)).toBe(0);
    await until('3 jobs to be done', () => of('consumer', 'job processed').length === 3, 30);
  });

  it('is refused by who believes another, who then gets no job', async () => {
    const done = of('consumer', 'job processed').length;
    const { child, ended } = fleet.start('consumer', { ...amqp('second.pem'), QUEUE: 'jobs' });
    await until('the refusal', () => of('consumer', 'connection lost').length > 0, 30);
    expect(JSON.stringify(of('consumer', 'connection lost'))).toMatch(/certificate|self-signed|issuer/i);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(of('consumer', 'job processed')).toHaveLength(done);
  });

  it('is refused under a name that its certificate does not have', async () => {
    const AMQP_URL = `amqps://127.0.0.1:${ports[0]}/%2f`;
    const { child, ended } = fleet.start('consumer', { ...amqp('first.pem'), AMQP_URL, QUEUE: 'jobs' });
    const refused = () =>
      JSON.stringify(of('consumer', 'connection lost')).includes("certificate's altnames");
    await until('the refusal', refused, 30);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('presents a renewed certificate, by a new authority, to a consumer that goes on running', async () => {
    const done = of('consumer', 'job processed').length;
    // Both are believed while the change goes through.
    execFileSync('sh', ['-c', 'cat first.pem second.pem > both.pem && mv both.pem trusted.pem'], {
      cwd: folder,
    });
    await present('renewed');
    expect(await issuerOf(ports[0] ?? 0)).toBe('second');
    await broker.control('close_all_connections', 'rotation');
    expect(await publish(2)).toBe(0);
    await until('2 more jobs to be done', () => of('consumer', 'job processed').length === done + 2, 60);
  });
});
