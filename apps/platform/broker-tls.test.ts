import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { BrokerTls, Environment } from '../../environments/environment.ts';
import type { Manifest } from '../../packages/manifests/manifests.ts';
import { isFields, valueAt } from '../../packages/manifests/objects.ts';
import type { Folder } from '../application.ts';
import { manifestsOf, systemIn } from '../rendering.ts';
import { applications, local, production, render } from '../testing/desired-state.ts';
import { brokerAuthority } from './authorities.ts';
import { brokerApplication } from './broker.ts';

const CLEAR_TEXT = /amqp:\/\/|http:\/\/broker\.|port: (5672|15672)\b/;
const rendered = (environment: Environment) =>
  [...render([environment])].map(([path, text]) => ({ path, text, object: parse(text) as unknown }));
const withTls = (brokerTls: BrokerTls, broker: Environment['broker'] = 'rabbitmq'): Environment => ({
  ...{ ...production, broker, brokerTls },
});

/** The pod template of an object that has one. */
const podOf = (object: unknown): unknown =>
  [
    ['spec', 'jobTemplate', 'spec', 'template'],
    ['spec', 'template'],
  ]
    .map((path) => valueAt(object, [...path, 'spec']))
    .find(isFields);

describe.each(['lavinmq', 'rabbitmq'] as const)('an environment with TLS to %s', (broker) => {
  const objects = rendered(withTls({ authority: 'first' }, broker));

  it('has no client, no listener and no NetworkPolicy in clear text', () => {
    expect(objects.filter(({ text }) => CLEAR_TEXT.test(text)).map(({ path }) => path)).toEqual([]);
    // The same rule finds some where there is no TLS.
    expect(rendered(local).filter(({ text }) => CLEAR_TEXT.test(text)).length).toBeGreaterThan(5);
  });

  it('gives every client, and no other workload, the authorities that it trusts', () => {
    const clients = objects
      // The board's copy of the scaler's file is read for its policies: it asks no broker.
      .filter(({ path }) => !path.endsWith('/configmap-board-policies.board.yaml'))
      .filter(({ text }) => /_CA_FILE|caFile/.test(text) && !text.includes('name: elasticsearch-authority'))
      .map(({ path }) => path);
    expect(clients.map((path) => path.replace(/^production\/|-[0-9a-f]{10}/g, ''))).toEqual([
      'broker/job-topology.broker.yaml',
      'scaler/configmap-scaler.scaler.yaml',
      'exporter/configmap-exporter.exporter.yaml',
      'publisher/cronjob-publisher.publisher.yaml',
      'consumer/deployment-consumer.consumer.yaml',
    ]);
    const mounting = objects.flatMap(({ object }) =>
      JSON.stringify(podOf(object) ?? '').includes('"configMap":{"name":"broker-authority"}')
        ? [valueAt(object, ['metadata', 'namespace'])]
        : [],
    );
    const bundle = objects.find(({ path }) => path.endsWith('bundle-broker-authority.yaml'))?.object;
    const expressions = valueAt(bundle, ['spec', 'target', 'namespaceSelector', 'matchExpressions']);
    expect(expressions).toEqual([
      {
        ...{ key: 'kubernetes.io/metadata.name', operator: 'In' },
        values: [...new Set(mounting)].sort(),
      },
    ]);
  });

  it('mounts the key of the broker in the pod of the broker alone', () => {
    const holders = objects.filter(({ object }) =>
      JSON.stringify(podOf(object) ?? '').includes('"secretName":"broker-tls"'),
    );
    expect(holders.map(({ path }) => path)).toEqual(['production/broker/statefulset-broker.broker.yaml']);
    expect(objects.some(({ path }) => path.endsWith('certificate-broker-tls.broker.yaml'))).toBe(true);
  });

  it('has a page that Traefik reaches by TLS, under the name and by the word that all go by', () => {
    const service = objects.find(({ path }) => path.endsWith('/service-broker.broker.yaml'))?.text;
    expect(service).toContain('service.serversscheme: https');
    expect(service).toContain('service.serverstransport: broker-broker@kubernetescrd');
    const transport = objects.find(({ path }) =>
      path.endsWith('serverstransport-broker.broker.yaml'),
    )?.object;
    expect(valueAt(transport, ['spec'])).toEqual({
      ...{ serverName: 'broker.broker.svc', rootCAs: [{ configMap: 'broker-authority' }] },
    });
  });
});

/** The objects of the broker, or of its certificate authority, alone. */
const made = (folder: Folder, environment: Environment): Manifest[] =>
  manifestsOf(folder, environment, systemIn(environment, applications));

describe('the metrics of a broker with TLS', () => {
  const endpointsOf = (broker: Environment['broker']) =>
    valueAt(
      made(brokerApplication, withTls({ authority: 'first' }, broker)).find(
        ({ kind }) => kind === 'ServiceMonitor',
      ),
      ['spec', 'endpoints'],
    );

  it('are scraped by TLS where the broker can, and in clear text where it cannot', () => {
    const ca = { configMap: { name: 'broker-authority', key: 'ca.crt' } };
    const trusted = { scheme: 'https', tlsConfig: { serverName: 'broker.broker.svc', ca } };
    expect(endpointsOf('rabbitmq')).toMatchObject([trusted, trusted]);
    expect(JSON.stringify(endpointsOf('lavinmq'))).not.toContain('scheme');
  });
});

describe('an authority that is replaced', () => {
  const of = (brokerTls: BrokerTls) => {
    const objects = [brokerAuthority, brokerApplication].flatMap((each) => made(each, withTls(brokerTls)));
    const bundle = objects.find(({ kind }) => kind === 'Bundle');
    const certificate = objects.find(({ metadata }) => metadata.name === 'broker-tls');
    return {
      believed: (valueAt(bundle, ['spec', 'sources']) as { secret: { name: string } }[]).map(
        ({ secret }) => secret.name,
      ),
      issues: valueAt(certificate, ['spec', 'issuerRef', 'name']),
    };
  };

  it('is trusted together with the next one before that issues, and after', () => {
    const [first, second] = ['broker-authority-first', 'broker-authority-second'];
    expect(of({ authority: 'first' })).toEqual({ believed: [first], issues: first });
    expect(of({ authority: 'first', also: ['second'] })).toEqual({
      believed: [first, second],
      issues: first,
    });
    expect(of({ authority: 'second', also: ['first'] })).toEqual({
      believed: [second, first],
      issues: second,
    });
  });

  it('is refused twice', () => {
    expect(() => made(brokerAuthority, withTls({ authority: 'first', also: ['first'] }))).toThrow(
      "'authorities' (first, first) must be unique",
    );
  });
});
