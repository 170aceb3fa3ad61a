import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '@sluice/runtime';
import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { ChartError } from '../packages/contracts/checks.ts';
import { environment, settingsOf } from '../services/exporter/config.ts';
import { Exporter, type ExporterProps, type Mapping } from './exporter.ts';

const shop: Mapping = {
  targetLabel: 'shop',
  metrics: [
    { name: 'orders_total', type: 'counter', help: 'Orders taken.', path: '"order_count"' },
    {
      ...{
        name: 'stock',
        type: 'gauge',
        help: 'Pieces in stock.',
        items: 'articles[*]',
        path: 'to_number(n)',
      },
      ...{ labels: { unit: 'piece' }, labelsFrom: { article: 'id' } },
    },
  ],
};

const props: ExporterProps = {
  ...{ name: 'x', namespace: 'x', component: 'monitoring', image: 'registry.example/x:1.0.0' },
  mappings: { shop, text: 'metrics: [{ name: g, type: gauge, help: G, path: v }]' },
  targets: [
    { name: 'north', url: 'http://north:8080/counts', module: 'shop', timeoutSeconds: 3 },
    { name: 'south', url: 'https://south/counts?of=all', module: 'text' },
  ],
  allow: ['https://*.example.org:8443'],
  allowAddresses: ['127.0.0.0/8'],
  priorityClassName: 'low',
};

function build(wanted: Partial<ExporterProps> = {}) {
  const scope = new Chart(Testing.app(), 'test');
  new Exporter(scope, 'x', { ...props, ...wanted });
  const objects = scope.toJson();
  return (kind: string) => objects.find((object) => object.kind === kind);
}

/** What the service makes of the files, which it reads where the ConfigMap is mounted. */
function read(wanted: Partial<ExporterProps> = {}) {
  const of = build(wanted);
  const { containers, volumes } = of('Deployment').spec.template.spec;
  const [{ env, volumeMounts }] = containers;
  const [{ mountPath }] = volumeMounts.slice(-1);
  expect(volumes.at(-1).configMap.name).toBe(of('ConfigMap').metadata.name);
  const directory = mkdtempSync(join(tmpdir(), 'sluice-exporter-'));
  for (const [name, text] of Object.entries<string>(of('ConfigMap').data))
    writeFileSync(join(directory, name), text);
  const told = env.map(({ name, value }: Record<string, string>) => [
    name,
    value?.replace(mountPath, directory),
  ]);
  return settingsOf(parseConfig(environment, Object.fromEntries(told)));
}

describe('an exporter', () => {
  it('gets its mappings and targets in the form that the service reads, whatever they use', () => {
    const { mappings, file } = read();
    expect(mappings.names).toEqual(['shop', 'text']);
    expect(mappings.families.map(({ name, type }) => `${type} ${name}`)).toEqual([
      'counter orders_total',
      'gauge stock',
      'gauge g',
    ]);
    expect(mappings.modules.get('shop')?.rules[1]?.labels.map(([name]) => name)).toEqual([
      'article',
      'shop',
      'unit',
    ]);
    expect(file.targets.map(({ url, module, timeoutSeconds }) => [url.href, module, timeoutSeconds])).toEqual(
      [
        ['http://north:8080/counts', 'shop', 3],
        ['https://south/counts?of=all', 'text', undefined],
      ],
    );
    expect([file.allow.length, file.allowAddresses.length]).toEqual([1, 1]);
  });

  it('leaves to the service what only the service can check, and reports all of it', () => {
    const text = 'metrics: [{ name: g, type: gauge, help: G, path: "a[" }]';
    const targets = [{ name: 'south', url: 'ftp://south', module: 'text' }];
    expect(() => read({ mappings: { shop, text }, targets })).toThrow(
      /text\.yaml: .*must be a JMESPath expression.*'targets\.0\.url'/s,
    );
  });

  it('refuses what leads nowhere, all at once', () => {
    const basicAuth = { username: 'u', passwordFile: '/etc/sluice/credentials/password' };
    const targets = [{ name: 'north', url: 'http://north', module: 'shops', basicAuth }];
    const faults = () => build({ image: 'x', mappings: { 'a/b': shop }, targets });
    expect(faults).toThrow(ChartError);
    expect(faults).toThrow(
      [
        "'image' (x) must be pinned by a tag other than latest or a digest",
        "'mappings' (a/b) must be named by letters, digits, - and _",
        "'module' (shops) of 'north' must be one of a/b",
        "'basicAuth' of 'north' must have 'credentials'",
      ].join('; '),
    );
  });

  it('is one pod, which is gone before another one exposes the same series', () => {
    expect(build()('Deployment').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });

  it('is another pod when a mapping or a target is another, and else the same', () => {
    const template = (wanted: Partial<ExporterProps> = {}) =>
      JSON.stringify(build(wanted)('Deployment').spec);
    expect(template()).toBe(template());
    expect(template({ targets: props.targets.slice(1) })).not.toBe(template());
    expect(template({ mappings: { ...props.mappings, text: 'metrics: []' } })).not.toBe(template());
  });

  it('has a Secret mounted only where it is given one', () => {
    const mounted = (wanted: Partial<ExporterProps> = {}): string =>
      JSON.stringify(build(wanted)('Deployment').spec.template.spec.volumes);
    expect(mounted()).not.toContain('secret');
    expect(mounted({ credentials: 'passwords' })).toContain('"secretName":"passwords"');
  });
});
