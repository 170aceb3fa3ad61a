import { describe, expect, it } from 'vitest';
import type { Environment } from '../../environments/environment.ts';
import { parseDeclaration } from '../../packages/contracts/log-declaration.ts';
import { logRecords } from '../../packages/contracts/log-store.ts';
import { addonsOf } from '../addons/catalog.ts';
import { manifestsOf } from '../rendering.ts';
import { production, systemIn } from '../testing/desired-state.ts';
import type { RenderedObject } from '../testing/rendered.ts';
import { elasticsearchApplication, elasticsearchAuthority } from './elasticsearch.ts';
import { logReportsApplication } from './log-reports.ts';

interface Rendered {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: RenderedObject;
  readonly data?: Readonly<Record<string, string>>;
}

const FOLDERS = [elasticsearchAuthority, elasticsearchApplication, logReportsApplication];

const objectsOf = (environment: Environment): Rendered[] => {
  const system = systemIn(environment);
  return FOLDERS.flatMap((folder) => manifestsOf(folder, environment, system) as unknown as Rendered[]);
};

const objects = objectsOf(production);
const the = (kind: string, name: string): Rendered => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} '${name}'`);
  return found;
};
const requests = parseDeclaration(
  the('ConfigMap', 'elasticsearch-content').data?.['content.json'] ?? '',
).requests;
const request = (path: string) => {
  const found = requests.find((one) => one.path === path);
  if (found === undefined) throw new Error(`nothing is sent to ${path}`);
  return found;
};

describe('Elasticsearch', () => {
  const { spec, metadata } = the('Elasticsearch', 'logs');
  const [nodes] = spec.nodeSets;

  it('answers by TLS under a certificate of its authority, and its users cannot be turned off', () => {
    expect(spec.http).toEqual({ tls: { certificate: { secretName: 'elasticsearch-tls' } } });
    const certificate = the('Certificate', 'elasticsearch-tls').spec;
    expect(certificate.dnsNames).toContain('logs-es-http.elasticsearch.svc');
    expect(certificate.issuerRef.name).toBe('elasticsearch-authority-2026');
    const text = JSON.stringify([spec, the('Kibana', 'logs').spec]);
    for (const off of ['anonymous', 'selfSignedCertificate', 'xpack.security', 'verificationMode'])
      expect(text).not.toContain(off);
  });

  it('keeps its volumes when it goes, and goes only when a person confirms it', () => {
    expect(spec.volumeClaimDeletePolicy).toBe('DeleteOnScaledownOnly');
    expect(metadata.annotations?.['argocd.argoproj.io/sync-options']).toContain('Prune=confirm');
    expect([nodes.count, nodes.volumeClaimTemplates[0].spec.resources.requests.storage]).toEqual([3, '20Gi']);
  });

  it('is not rendered where no environment asks for it, and needs what issues its certificates', () => {
    const without = { ...production, logs: { ...production.logs, stores: ['loki'] as const } };
    expect(objectsOf(without).filter(({ kind }) => ['Elasticsearch', 'Kibana'].includes(kind))).toEqual([]);
    const { elasticsearch: _, ...logs } = production.logs;
    const unsaid = {
      ...{ ...production, logs, brokerTls: undefined },
      addons: production.addons.filter((name) => name !== 'trust-manager'),
    };
    expect(() => addonsOf(unsaid as unknown as Environment)).toThrow(
      /'logs\.elasticsearch' must say how Elasticsearch is run.*needs the addon trust-manager/,
    );
  });

  it('is verified by who asks it: the agent, the declaring job, and the reports that read it', () => {
    const bundle = the('Bundle', 'elasticsearch-authority').spec.target.namespaceSelector.matchExpressions;
    expect(bundle[0].values).toEqual(['elasticsearch', 'log-agents']);
    const reports = { store: 'elasticsearch', rawBucket: 'raw', reportBucket: 'reports' } as const;
    const reading = objectsOf({ ...production, logReports: reports });
    const job = reading.find(({ kind, metadata: { name } }) => kind === 'CronJob' && name === 'log-reports');
    const [container] = job?.spec.jobTemplate.spec.template.spec.containers ?? [];
    const value = (name: string) =>
      container.env.find((one: { readonly name: string }) => one.name === name)?.value;
    expect(value('LOG_STORE_URL')).toBe('https://logs-es-http.elasticsearch.svc:9200');
    expect(value('LOG_STORE_USERNAME')).toBe('log-reports');
    expect(value('LOG_STORE_PASSWORD_FILE')).toBe('/etc/sluice/log-store/password');
    expect(value('LOG_STORE_CA_FILE')).toBe('/etc/sluice/authority/ca.crt');
    const secret = reading.find(
      ({ kind, metadata: { name } }) => kind === 'ExternalSecret' && name === 'log-store',
    );
    expect(secret?.spec.data[0].remoteRef.property).toBe('log-reports');
    const trusted = reading.find(
      ({ kind, metadata: { name } }) => kind === 'Bundle' && name === 'elasticsearch-authority',
    );
    expect(trusted?.spec.target.namespaceSelector.matchExpressions[0].values).toContain('log-reports');
  });
});

describe('what stands on Elasticsearch', () => {
  it('rolls over at 1 GB or after a day, and deletes what is older than the retention once a snapshot has it', () => {
    expect(request('/_ilm/policy/sluice-logs').body?.policy).toEqual({
      phases: {
        hot: { actions: { rollover: { max_primary_shard_size: '1gb', max_age: '1d' } } },
        delete: {
          min_age: production.logs.retention,
          actions: { wait_for_snapshot: { policy: 'sluice-logs-daily' }, delete: {} },
        },
      },
    });
  });

  it('is a data stream with a field for each name of the contract', () => {
    const { body } = request('/_index_template/sluice-logs');
    expect(body).toMatchObject({ data_stream: {}, index_patterns: ['logs-pods-*'] });
    const template = JSON.stringify(body);
    for (const name of Object.values(logRecords.elasticsearch.line))
      expect(template).toContain(`"${name.split('.').at(-1)}":{"type"`);
  });

  it('goes to S3 each night, into the repository that was declared before', () => {
    const { body } = request('/_slm/policy/sluice-logs-daily');
    expect(body).toMatchObject({ repository: 'sluice', config: { indices: ['logs-pods-*'] } });
    const paths = requests.map(({ path }) => path);
    expect(paths.indexOf('/_snapshot/sluice')).toBeLessThan(paths.indexOf('/_slm/policy/sluice-logs-daily'));
    expect(request('/_snapshot/sluice').body).toMatchObject({
      type: 's3',
      settings: { bucket: 'sluice-production-log-snapshots' },
    });
  });

  it('has a role for who writes, reads and looks, none of which can change a line', () => {
    const roles = requests.filter(({ path }) => path.startsWith('/_security/role/'));
    expect(roles.map(({ path }) => path.split('/').at(-1))).toEqual([
      'log-writer',
      'log-reader',
      'log-viewer',
    ]);
    for (const { body } of roles)
      expect(JSON.stringify(body)).not.toMatch(/"(all|write|delete|delete_index|manage|superuser)"/);
    expect(JSON.stringify(roles[0]?.body)).not.toContain('"read"');
    expect(JSON.stringify(roles.slice(1))).not.toContain('create');
  });

  it('lets no agent write before the template is there: users are the last of Elasticsearch', () => {
    const own = requests.filter(({ server }) => server === 'elasticsearch').map(({ path }) => path);
    const users = own.filter((path) => path.startsWith('/_security/user/'));
    expect(users.map((path) => path.split('/').at(-1))).toEqual([
      'fluent-bit',
      'log-reports',
      'kibana-viewer',
    ]);
    expect(own.slice(-users.length)).toEqual(users);
    for (const one of requests.filter(({ path }) => users.includes(path)))
      expect(one.passwordFile).toMatch(/^\/etc\/sluice\/users\//);
  });

  it('is seen in Kibana by a data view with the fields of the contract', () => {
    const { savedObjects = [] } = request('/api/saved_objects/_import?overwrite=true');
    expect(savedObjects.map(({ type }) => type)).toEqual(['index-pattern', 'search', 'search']);
    expect(savedObjects[0]).toMatchObject({
      attributes: { title: 'logs-pods-default', timeFieldName: '@timestamp' },
    });
    for (const search of savedObjects.slice(1))
      expect(search.references).toEqual([expect.objectContaining({ id: savedObjects[0]?.id })]);
  });
});
