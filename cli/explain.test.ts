import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { desiredState, environments, production, render, renderAnew } from '../apps/testing/desired-state.ts';
import { declarationsOf } from '../packages/analysis/explain/explain.ts';
import { originsOf } from '../packages/analysis/explain/origins.ts';
import { ConfigurationError } from '../packages/contracts/checks.ts';
import { runExplain } from './explain.ts';

describe('sluice explain', () => {
  afterEach(() => vi.restoreAllMocks());
  const run = async (...argv: string[]) => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await runExplain(argv, desiredState)).toBe(0);
    const printed = write.mock.calls.map(([text]) => String(text)).join('');
    write.mockRestore();
    return printed;
  };

  it('leads from an object to the lines that asked for it', async () => {
    const text = await run('Deployment/consumer', '--environment', 'production');
    expect(text).toMatch(/^Deployment consumer\/consumer of production\n/);
    expect(text).toMatch(/apps\/workloads\/queue-worker\.ts:\d+ +new Worker\(scope, 'worker', \{/);
    expect(text).toMatch(/charts\/worker\.ts:\d+ +new k8s\.KubeDeployment\(/);
    expect(text).toContain('which Application argocd/consumer syncs.');
    expect(text).toMatch(
      /workloads\.consumer\.workSeconds +\d+ +apps\/workloads\/consumer\.ts +spec.*env\[WORK_SECONDS\]\.value/,
    );
  });

  it('takes the workloads of a test or a page for none', () => {
    const places = ['thumbnails', 'report'].flatMap(declarationsOf);
    expect(places.filter((place) => !/^apps\/workloads\/(thumbnails|report)\.ts:/.test(place))).toEqual([]);
  });

  it('knows kinds by the short names of kubectl', async () => {
    const text = await run('hpa/api', '--environment', 'production');
    expect(text).toMatch(/^HorizontalPodAutoscaler api\/api of production\n/);
    expect(text).toMatch(/ConfigMap scaler\/scaler +holds the schedule 'api' for the minimum of it\n/);
    expect(text).toMatch(/Role api\/minimum-api +permits get, patch of horizontalpodautoscalers of it\n/);
  });

  it('leads from an alert to the code that registers its metric, and to the pods that run it', async () => {
    const text = await run('prometheusrule/scaler.scaler', '--environment', 'local');
    const ends = [
      /ScalerCannotScale reads sluice_scaler_target_failures_total +a counter of services\/scaler by workload, operation/,
      /sluice_scaler_target_failures_total is scraped by +ServiceMonitor scaler\/scaler/,
      /has scraped \/metrics on port http of +Service scaler\/scaler/,
      /selects the pods of +Deployment scaler\/scaler/,
    ];
    for (const end of ends) expect(text).toMatch(end);
  });

  it('leads from an Application of a chart to where its values are written', async () => {
    expect(await run('application/karpenter-crd')).toMatch(
      /apps\/addons\/aws\.ts:\d+ +name: 'karpenter-crd',/,
    );
  });

  it('lists the objects that depend on an object', async () => {
    const text = await run('service/broker', '--environment', 'local');
    for (const one of [
      'Deployment consumer/consumer',
      'ConfigMap scaler/scaler',
      'ServiceMonitor broker/broker',
    ])
      expect(text.slice(text.indexOf('What leads to it'))).toContain(one);
  });

  it('writes Markdown, and JSON for programs, of every environment that has it', async () => {
    expect(await run('priorityclass/low', '--format', 'markdown')).toContain('## PriorityClass low of local');
    const { objects } = JSON.parse(await run('priorityclass/low', '--format', 'json'));
    expect(objects).toMatchObject(
      environments.map(({ name }) => ({
        ...{ environment: name, object: 'priorityclass/low', deliveredBy: 'application/cluster.argocd' },
        ...{ dependsOn: [], leadsTo: [] },
      })),
    );
  });

  it('knows the lines of every object that is rendered', () => {
    const origins = originsOf(production, desiredState);
    expect(origins).toHaveLength(render([production]).size);
    for (const { kind, name, places } of origins) {
      expect(places.length, `${kind} ${name}`).toBeGreaterThan(0);
      expect(places[0], `${kind} ${name}`).toMatch(/^apps\//);
      for (const place of places) {
        const [path = '', line] = place.split(':');
        const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8').split('\n');
        expect(text[Number(line) - 1], place).toMatch(/\w\(/);
      }
    }
  });

  it('changes nothing by watching', () => {
    const before = [...render([production])];
    originsOf(production, desiredState);
    expect([...renderAnew([production])]).toEqual(before);
  });

  it('says what there is instead of what is not', async () => {
    await expect(run('service/brocker.broker')).rejects.toThrow(ConfigurationError);
    const names = environments.map(({ name }) => name).join(', ');
    await expect(run('service/shop')).rejects.toThrow(`'service/shop' is no object of ${names}; there is `);
    await expect(run('service/shop')).rejects.toThrow('service/broker.broker');
    await expect(run('networkpolicy/default-deny')).rejects.toThrow(
      /may be .*networkpolicy\/default-deny\.broker, .*: name one/,
    );
    await expect(run('consumer', '--environment', 'mars', '--format', 'html')).rejects.toThrow(
      /'--environment' \(mars\).*\n.*'--format' \(html\).*\n.*needs an object as KIND\/NAME/,
    );
  });

  it('explains itself', async () => {
    expect(await run('--help')).toContain('usage: sluice explain');
  });
});
