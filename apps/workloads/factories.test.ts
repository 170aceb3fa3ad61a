import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { platform } from '../platform/index.ts';
import { render, systemIn } from '../rendering.ts';
import { local } from '../testing/environments.ts';
import { scaling, workloads } from '../testing/workloads.ts';
import { scheduledJob } from './scheduled-job.ts';
import { webService } from './web-service.ts';
import type { Workload } from './workload.ts';

const ledger = scheduledJob('ledger', {
  image: 'registry.example/ledger:1.0.0',
  command: ['python', '-m', 'ledger'],
  everyMinutes: 30,
  deadlineSeconds: 300,
  secrets: { mail: { token: 'mail-token' } },
  environment: () => ({ TOKEN: { secret: 'mail', key: 'token' } }),
  serviceAccountAnnotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/ledger' },
});
const storefront = webService('storefront', {
  image: 'registry.example/storefront:1.0.0',
  args: ['--listen', ':9000'],
  port: 9000,
  livePath: '/healthz',
  readyPath: '/healthz',
  publishes: 'jobs',
  scaling: { ...scaling, minReplicas: 2 },
});

const filesWith = (one: Workload): ReadonlyMap<string, string> =>
  render({ environments: [local], applications: platform([...workloads, one]) });
const without = render({ environments: [local], applications: platform(workloads) });
const folder = (one: Workload): string[] =>
  [...filesWith(one).keys()]
    .filter((path) => path.startsWith(`local/${one.name}/`))
    .map((path) =>
      path.replace(`local/${one.name}/`, '').replace(`.${one.name}.yaml`, '').replace('.yaml', ''),
    )
    .sort();

describe('a scheduled job of any image', () => {
  it('has what it says and nothing of the broker where it publishes nothing', () => {
    expect(folder(ledger)).toEqual([
      ...['cronjob-ledger', 'namespace-ledger', 'networkpolicy-default-deny', 'networkpolicy-ledger'],
      'serviceaccount-ledger',
    ]);
    const system = systemIn(local, platform([...workloads, ledger]));
    expect(system.brokerUsers.map(({ name }) => name)).not.toContain('ledger');
    expect(system.secrets).toContainEqual(
      expect.objectContaining({ secretName: 'mail', keys: { token: 'mail-token' } }),
    );
    expect(filesWith(ledger).get('local/ledger/cronjob-ledger.ledger.yaml')).toMatch(
      /command:\s+- python\s+- -m\s+- ledger\s+env:\s+- name: TOKEN\s+valueFrom:\s+secretKeyRef:\s+key: token\s+name: mail/,
    );
  });
});

describe('a web service of any image', () => {
  it('has its own port, probes and minimum, and an account where it publishes', () => {
    expect(folder(storefront)).toEqual(
      expect.arrayContaining([
        'deployment-storefront',
        'horizontalpodautoscaler-storefront',
        'service-storefront',
        'servicemonitor-storefront',
      ]),
    );
    expect(folder(storefront).filter((path) => /ingress|rollout|role/.test(path))).toEqual([]);
    const deployment =
      filesWith(storefront).get('local/storefront/deployment-storefront.storefront.yaml') ?? '';
    expect(deployment).toMatch(/containerPort: 9000/);
    expect(deployment).toMatch(/path: \/healthz/);
    expect(deployment).toMatch(/name: QUEUE\s+value: jobs/);
    expect(
      filesWith(storefront).get('local/storefront/horizontalpodautoscaler-storefront.storefront.yaml'),
    ).toContain('minReplicas: 2');
    expect(filesWith(storefront).get('local/storefront/networkpolicy-storefront.storefront.yaml')).toContain(
      'port: 9000',
    );
  });

  it.each([
    [{ port: 0 }, "'port' (0) must be"],
    [{ livePath: 'healthz' }, "'livePath' (healthz) must begin with /"],
    [{ environment: () => ({ 'A-B': '' }) }, "'environment' (A-B) must be a name of letters, digits and _"],
  ])('is refused with %j', (wrong, fault) => {
    const values = { image: 'registry.example/storefront:1.0.0', readyPath: '/', scaling };
    const broken = webService('storefront', { ...values, ...wrong });
    expect(() => filesWith(broken)).toThrow(fault);
  });
});

describe.each([ledger, storefront])('$name', (one) => {
  it('leaves no trace when its file and its line are gone', () => {
    const traces = [...without].filter(([path, text]) => `${path} ${text}`.includes(one.name));
    expect(traces.map(([path]) => path)).toEqual([]);
    expect([...filesWith(one).keys()].filter((path) => !without.has(path)).length).toBeGreaterThan(4);
  });
});

describe('the files of workloads', () => {
  it('import no other workload, and the platform imports none', () => {
    const names = [
      ...readFileSync(new URL('index.ts', import.meta.url), 'utf8').matchAll(/'\.\/([\w-]+)\.ts'/g),
    ]
      .map(([, name]) => name)
      .filter((name) => name !== 'workload');
    expect(names.length).toBeGreaterThan(0);
    const importing = (path: string): string[] => {
      const directory = new URL(path, import.meta.url);
      return readdirSync(directory)
        .filter((file) => file.endsWith('.ts') && !/index\.ts|\.test\.ts/.test(file))
        .filter((file) => {
          const text = readFileSync(new URL(file, directory), 'utf8');
          return names.some((name) => new RegExp(`from '[./]*(?:workloads/)?${name}\\.ts'`).test(text));
        });
    };
    expect([...importing('./'), ...importing('../platform/')]).toEqual([]);
  });
});
