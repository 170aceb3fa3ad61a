import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { ConfigError } from '@sluice/runtime';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { tableOf } from '../../test/support/readme.ts';
import { environment, settingsOf } from './config.ts';
import { mappingSchema, readMappings } from './mapping.ts';
import { targetsSchema } from './targets.ts';
import { mappingsFrom, shippedDirectory } from './testing/serve.ts';

const directoryWith = (files: Readonly<Record<string, string>>): string => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-mappings-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
};

/** Without the directory. */
function faultsOf(files: Readonly<Record<string, string>>): string[] {
  const directory = directoryWith(files);
  const faults: string[] = [];
  readMappings(directory, faults);
  return faults.map((fault) => fault.replaceAll(`${directory}/`, ''));
}

describe('a mapping file', () => {
  it('is refused with every fault at once: property, value, constraint', () => {
    const text = `
targetLabel: __name
sources: []
metrics:
  - { name: 400_count, type: gauge, help: '', path: 400_count }
  - { name: requests, type: counter, help: H, path: 'a[', labelsFrom: { 'a-b': x, ok: 'nofn(@)' } }
  - { name: sluice_exporter_x, type: gauge, help: H, path: a, items: 7 }
  - { name: ok, type: histogram, help: H, path: a }
  - { name: ok, type: gauge, path: a, label: { a: b }, labels: { code: 400 } }
`;
    expect(faultsOf({ 'a.yaml': text })).toEqual([
      "a.yaml: 'targetLabel' (__name) must match ^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$",
      "a.yaml: 'metrics.0.name' (400_count) must match ^[a-zA-Z_][a-zA-Z0-9_]*$",
      "a.yaml: 'metrics.0.help' () must not be empty",
      expect.stringMatching(/^a.yaml: 'metrics.0.path' \(400_count\) must be a JMESPath expression: /),
      "a.yaml: 'metrics.1.name' (requests) must end with '_total', as a counter",
      expect.stringMatching(/^a.yaml: 'metrics.1.path' \(a\[\) must be a JMESPath expression: /),
      "a.yaml: 'metrics.1.labelsFrom.a-b' must match ^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$",
      "a.yaml: 'metrics.1.labelsFrom.ok' (nofn(@)) must be a JMESPath expression: unknown function nofn",
      "a.yaml: 'metrics.2.name' (sluice_exporter_x) must not match ^(?:sluice_exporter|probe|process|nodejs)_",
      "a.yaml: 'metrics.2.items' (7) must be of type string",
      "a.yaml: 'metrics.3.type' (histogram) must be 'counter' or 'gauge'",
      "a.yaml: 'metrics.4.help' (absent) must be of type string",
      "a.yaml: 'metrics.4.labels.code' (400) must be of type string",
      "a.yaml: 'metrics.4' must not have 'label'",
      "a.yaml: the file must not have 'sources'",
    ]);
  });

  it('is refused when it is no YAML, or twice says the same', () => {
    expect(faultsOf({ 'a.yaml': 'metrics: [', 'b.yaml': 'metrics: []\nmetrics: []\n' })).toEqual([
      expect.stringMatching(/^a.yaml: must be YAML: bad indent at line 1/),
      expect.stringMatching(/^b.yaml: must be YAML: duplicate key at line 2/),
    ]);
  });

  it.each(['', '[]', '7', 'metrics: []'])('is refused when it maps nothing: %j', (text) => {
    expect(faultsOf({ 'a.yaml': text })).toHaveLength(1);
  });
});

describe('mapping files together', () => {
  const metric = (type: string, help: string) =>
    `metrics: [{ name: jobs_total, type: ${type}, help: ${help}, path: a }]`;

  it('agree on the type and the help of a name', () => {
    expect(
      faultsOf({
        'a.yaml': metric('counter', 'Jobs.'),
        'b.yaml': metric('gauge', 'Work.'),
        'c.yaml': metric('counter', 'Jobs.'),
      }),
    ).toEqual([
      "module 'b': 'type' (gauge) of 'jobs_total' must be 'counter', as where it is named first",
      "module 'b': 'help' (Work.) of 'jobs_total' must be 'Jobs.', as where it is named first",
    ]);
  });

  it('share the families of their names', () => {
    const { families, modules } = mappingsFrom({
      a: metric('counter', 'Jobs.'),
      b: `targetLabel: service\n${metric('counter', 'Jobs.')}`,
    });
    expect(families).toEqual([{ name: 'jobs_total', type: 'counter', help: 'Jobs.' }]);
    expect([...modules.keys()]).toEqual(['a', 'b']);
  });

  it('give each label one source, and none that of the target', () => {
    const text = `metrics: [{ name: g, type: gauge, help: G, path: a, labels: { target: x, b: y }, labelsFrom: { b: c } }]`;
    expect(faultsOf({ 'a.yaml': text })).toEqual([
      "module 'a': 'g' must not have the label 'target' twice",
      "module 'a': 'g' must not have the label 'b' twice",
    ]);
  });

  it('are at least one', () => {
    expect(faultsOf({ 'a.json': '{}' })).toEqual([
      expect.stringMatching(/^'MAPPINGS_DIRECTORY' \(.*\) must hold a NAME.yaml$/),
    ]);
  });
});

describe('the files of the environment', () => {
  const faultsWith = (
    files: Readonly<Record<string, string>>,
    more: Readonly<Record<string, string>> = {},
  ): string[] => {
    const directory = directoryWith(files);
    const TARGETS_FILE = join(directory, 'targets.yaml.txt');
    try {
      settingsOf(environment.parse({ MAPPINGS_DIRECTORY: directory, TARGETS_FILE, ...more }));
    } catch (error) {
      if (error instanceof ConfigError)
        return error.faults.map((fault) => fault.replaceAll(`${directory}/`, ''));
      throw error;
    }
    return [];
  };
  const mapping = 'metrics: [{ name: g, type: gauge, help: G, path: a }]';

  it('are refused with the faults of them all at once, and no credentials in them', () => {
    const targets = `
targets:
  - { name: a b, url: 'http://user:sesame@api/', module: shop }
  - { name: a, url: 'ftp://api', module: shop, timeoutSeconds: 0, basicAuth: { username: 'a:b', password: sesame } }
allow: [api, 'http://*', 'hunter2@api']
allowAddresses: [localhost]
`;
    const files = { 'shop.yaml': 'metrics: []', 'targets.yaml.txt': targets };
    expect(faultsWith(files, { TIMEOUT_SECONDS: '20' })).toEqual([
      "'TIMEOUT_SECONDS' (20) must not exceed 'INTERVAL_SECONDS' (15)",
      "shop.yaml: 'metrics' (a list) must not be empty",
      "targets.yaml.txt: 'targets.0.name' (a b) must be 1 to 100 letters, digits, _, . or -",
      "targets.yaml.txt: 'targets.0.url' (http://api/) must be a URL of scheme http or https, without credentials",
      "targets.yaml.txt: 'targets.1.url' (ftp://api/) must be a URL of scheme http or https, without credentials",
      "targets.yaml.txt: 'targets.1.timeoutSeconds' (0) must be above 0",
      "targets.yaml.txt: 'targets.1.basicAuth.username' (a:b) must be text without ':'",
      "targets.yaml.txt: 'targets.1.basicAuth' must not have 'password'",
      "targets.yaml.txt: 'targets.1.basicAuth' (an object) must have either 'passwordFile' or 'passwordVariable'",
      "targets.yaml.txt: 'allow.0' (api) must be an origin such as http://host:8080 or https://*.domain",
      "targets.yaml.txt: 'allow.1' (http://*) must be an origin such as http://host:8080 or https://*.domain",
      "targets.yaml.txt: 'allow.2' ([concealed]@api) must be an origin such as http://host:8080 or https://*.domain",
      "targets.yaml.txt: 'allowAddresses.0' (localhost) must be a subnet such as 127.0.0.0/8",
    ]);
  });

  it.each(['constructor', 'toString', '__proto__'])(
    "take what every object has for no variable: '%s'",
    (name) => {
      const targets = `targets: [{ name: a, url: 'http://a', module: shop, basicAuth: { username: u, passwordVariable: ${name} } }]`;
      expect(faultsWith({ 'shop.yaml': mapping, 'targets.yaml.txt': targets })).toEqual([
        `targets.yaml.txt: 'targets.0.basicAuth.passwordVariable' (${name}) must be a variable that is set, to a secret of one line`,
      ]);
    },
  );

  it.each([
    [
      'targets: [{"name":sesame@host:808","module":"shop"}]',
      "'targets.0.name' ([concealed]@host:808\") must be",
    ],
    [
      'ts":[{"url":"http://a/","basicAuth@:{"password":"sesame"}}]',
      'the file (a text) must be of type object',
    ],
  ])('show no password that a torn file has where none belongs: %j', (targets, said) => {
    const faults = faultsWith({ 'shop.yaml': mapping, 'targets.yaml.txt': targets }).join('\n');
    expect(faults).toContain(said);
    expect(faults).not.toContain('sesame');
  });

  it('fit each other and what is around them: modules, time-outs, credentials', () => {
    const authorities = join(directoryWith({ 'ca.crt': rootCertificates[0] ?? '' }), 'ca.crt');
    const targets = `
targets:
  - { name: a, url: 'http://a', module: shop, timeoutSeconds: 16 }
  - { name: b, url: 'http://a', module: other, basicAuth: { username: u } }
  - { name: c, url: 'http://b', module: shop, basicAuth: { username: u, passwordFile: /nowhere } }
  - { name: a, url: 'http://c', module: shop, basicAuth: { username: u, passwordVariable: NOT_SET_ANYWHERE } }
  - { name: e, url: 'https://e', module: shop, caFile: /nowhere }
  - { name: f, url: 'http://f', module: shop, caFile: ${authorities} }
`;
    expect(faultsWith({ 'shop.yaml': mapping, 'targets.yaml.txt': targets })).toEqual([
      "targets.yaml.txt: 'targets.0.timeoutSeconds' (16) must not exceed the interval (15)",
      "targets.yaml.txt: 'targets.1.module' (other) must be one of shop",
      "targets.yaml.txt: 'targets.1.basicAuth' (an object) must have either 'passwordFile' or 'passwordVariable'",
      "targets.yaml.txt: 'targets.2.basicAuth.passwordFile' (/nowhere) must be a file that holds a secret of one line",
      "targets.yaml.txt: 'targets.3.basicAuth.passwordVariable' (NOT_SET_ANYWHERE) must be a variable that is set, to a secret of one line",
      "targets.yaml.txt: 'targets.4.caFile' (/nowhere) must be a file that holds certificates in PEM",
      "targets.yaml.txt: 'targets.5' (an object) must have a 'url' of scheme https beside 'caFile': in clear text no server is verified",
      "targets.yaml.txt: 'targets.3.name' (a) must be the name of one target",
    ]);
  });

  it('are accepted as they are shipped', () => {
    const faults: string[] = [];
    expect([...readMappings(shippedDirectory, faults).modules.keys()]).toEqual([
      'rabbitmq-management',
      'source-system',
    ]);
    expect(faults).toEqual([]);
    expect(faultsWith({ 'shop.yaml': mapping, 'targets.yaml.txt': '{}' })).toEqual([]);
  });
});

describe('the README', () => {
  const readme = new URL('README.md', import.meta.url);

  it('describes every property of a mapping, and no other', () => {
    const { metrics, ...ofFile } = mappingSchema.shape;
    const [ofMetric] = metrics.unwrap().options;
    const described = tableOf(readme, 'A mapping').map(([property]) => property);
    const properties = new Set([...Object.keys(ofFile), ...Object.keys(ofMetric.shape)]);
    expect(new Set(described)).toEqual(new Set([...properties].map((name) => `\`${name}\``)));
  });

  it('shows files that are accepted', () => {
    const examples = [...readFileSync(readme, 'utf8').matchAll(/```yaml\n(.*?)```/gs)];
    const [mapping = '', targets = ''] = examples.map(([, text = '']) => text);
    expect(mappingSchema.parse(parse(mapping)).metrics).toHaveLength(1);
    const around = {
      modules: ['source-system', 'rabbitmq-management'],
      intervalSeconds: 15,
      environment: {},
    };
    const { data, error } = targetsSchema(around).safeParse(parse(targets));
    // The file with the password is on no machine but the broker's own.
    expect(error?.issues.map(({ path }) => path.join('.')) ?? data).toEqual([
      'targets.1.basicAuth.passwordFile',
    ]);
  });
});
