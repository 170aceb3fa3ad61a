import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latch, proportional, simulate } from '@sluice/policy';
import { afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { systemIn } from '../apps/rendering.ts';
import {
  applications,
  environments,
  local,
  production,
  render,
  withOverrides,
} from '../apps/testing/desired-state.ts';
import { jobRows, literalRule, table } from '../packages/analysis/simulate/figures.ts';
import { writeDist } from '../packages/manifests/dist.ts';
import { runSimulate } from './simulate.ts';

const timing = {
  pollSeconds: 5,
  scrapeDelaySeconds: 0,
  podStartSeconds: 10,
  service: { distribution: 'constant', meanSeconds: 5 },
  gracefulStopSeconds: 30,
  killsAfterGrace: true,
} as const;

const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } });

test('beside the literal rule one sees what the corrected latch is for: a residue of 7 is served', () => {
  const arrivals = { kind: 'bursts', jobs: 7, everySeconds: 7200 } as const;
  const literal = literalRule(policy);
  if (literal === undefined) throw new Error('a latch has a literal rule');
  const ours = simulate({ policy, arrivals, timing, seconds: 3600 });
  const theirs = simulate({ policy: literal, arrivals, timing, seconds: 3600 });
  expect([ours.residue, theirs.residue]).toEqual([0, 7]);
  const text = table(jobRows, { ours, theirs });
  expect(text).toMatch(/^unserved residue +0 +7$/m);
  expect(text).toMatch(/^ +ours +theirs$/m);
});

test('only a latch has a literal rule to stand beside', () => {
  expect(literalRule(policy)).toMatchObject({ startWhen: { readyAbove: 100 }, stopWhen: 'ready-empty' });
  expect(literalRule(proportional({ perReplica: 10, maxReplicas: 5 }))).toBeUndefined();
});

type Render = () => ReturnType<typeof render>;

describe('sluice simulate', () => {
  let root = '';
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: root },
    });
  const few = latch({ replicas: 10, startWhen: { readyAtLeast: 100 } });
  const run = async (argv: string[], rendered: Render = () => render()) => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(
      await runSimulate(argv, {
        root,
        render: rendered,
        environments,
        systemIn: (environment) => systemIn(environment, applications),
      }),
    ).toBe(0);
    const printed = write.mock.calls.map(([text]) => String(text)).join('');
    write.mockRestore();
    return printed;
  };
  const withFew = withOverrides(local, { consumer: { policy: few } });
  const changed = () => render([withFew, production]);
  const short = ['--for', '30m', '--jobs', '100', '--every', '10m'];
  afterEach(() => vi.restoreAllMocks());

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-simulate-'));
    git('init', '--quiet', '--initial-branch=main');
    writeDist(join(root, 'dist'), render());
    git('add', '--all');
    git('commit', '--quiet', '--message', 'want what is wanted here');
    git('tag', 'wanted');
    const file = join(root, 'dist/local/scaler/configmap-scaler.scaler.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"maxReplicas"', '"mostReplicas"'));
    git('commit', '--quiet', '--all', '--message', 'want it in the words of another time');
    git('tag', 'old');
  });

  it('stands a policy beside the literal rule', async () => {
    const text = await run(['consumer', ...short]);
    expect(text).toMatch(/^consumer, under bursts of 100 jobs every 600 s\n +local +literal rule\n/);
    expect(text).toMatch(/^published +300 +300$/m);
    expect(await run(['jobs', ...short]), 'by the name that the scaler knows').toBe(text);
    expect(JSON.parse(await run(['consumer', '--json', ...short]))).toMatchObject({
      consumer: { local: { published: 300 }, 'literal rule': { published: 300 } },
    });
  });

  it('stands the policies of the work tree beside those of a revision', async () => {
    const text = await run(['--base', 'wanted', ...short], changed);
    expect(text).toMatch(/^Scaling: what the changed policy would have done, since wanted\n/);
    expect(text).toMatch(/Workload jobs in local, under bursts of 100 jobs every 600 s\n/);
    expect(text).toContain(
      'The policy changes: startWhen.oldestWaitSeconds: 60 -> none; maxReplicas: 25 -> 10.',
    );
    expect(text).toMatch(/Workload jobs in production(.|\n)*Its policy does not change\./);
  });

  it('says so where nothing changes', async () => {
    expect(await run(['--base', 'wanted', ...short])).toMatch(/^Scaling: no policy changes since wanted\n/);
  });

  it('stands a worker beside itself that changes its scaler, kept as that one keeps it', async () => {
    const counted = proportional({ perReplica: 10, maxReplicas: 10 });
    const keda: typeof local = {
      ...local,
      addons: local.addons.map((name) => (name === 'prometheus-adapter' ? 'keda' : name)),
    };
    const by = (scaler: 'own' | 'keda') => {
      const wanted = [withOverrides(keda, { consumer: { policy: counted, scaler } })];
      return () => render(wanted);
    };
    writeDist(join(root, 'dist'), by('own')());
    git('add', '--all');
    git('commit', '--quiet', '--message', 'let the own scaler count');
    const argv = ['--base', 'HEAD', '--environment', 'local', ...short];
    const byKeda = by('keda');
    const text = await run(argv, byKeda);
    expect(text).toMatch(/^Scaling: what the changed policy would have done, since HEAD\n/);
    expect(text).toContain('The policy changes: scaler: "own" -> "keda".');
    const { comparisons } = JSON.parse(await run([...argv, '--format', 'json'], byKeda));
    expect(comparisons).toHaveLength(1);
    const [{ base, head }] = comparisons;
    expect([base.report.published, head.report.published]).toEqual([300, 300]);
    // An HPA looks every 15 s, KEDA's operator waits for its cooldown.
    expect(head.report.series).not.toEqual(base.report.series);
  });

  it('replays a trace against both', async () => {
    const trace = join(root, 'trace.csv');
    writeFileSync(trace, 'epoch-seconds,count\n1000,100\n1600,7\n');
    const argv = ['--base', 'wanted', '--environment', 'local', '--trace', trace, '--format', 'json'];
    const { comparisons } = JSON.parse(await run(argv, changed));
    // The residue of 7 does not wait any more.
    expect(comparisons).toMatchObject([
      { base: { report: { published: 107, residue: 0 } }, head: { report: { published: 107, residue: 7 } } },
    ]);
  });

  it('replays recorded requests against the web service, without its timetable and with it', async () => {
    const trace = join(root, 'requests.csv');
    const [from, eight] = [
      Date.parse('2026-11-20T06:25:00Z') / 1000,
      Date.parse('2026-11-20T07:00:00Z') / 1000,
    ];
    const lines = Array.from(
      { length: 3600 },
      (_, second) => `${from + second},${from + second < eight ? 2 : 28}`,
    );
    writeFileSync(trace, `${lines.join('\n')}\n`);
    const text = await run(['api', '--trace', trace]);
    expect(text).toMatch(/^ +requests alone +with the timetable\nrequests +46200 +46200\n/);
    expect(text).toMatch(/^in so many seconds +[1-9]\d +0$/m);
    expect(await run(['--base', 'wanted', ...short])).not.toContain('Workload api');
    await expect(run(['api', '--jobs', '7'])).rejects.toThrow(/needs '--trace'.*\n.*'--jobs'/);
    await expect(run(['api', '--base', 'wanted'])).rejects.toThrow('knows api that follows a backlog');
  });

  it('draws a chart, and one for each of several', async () => {
    const file = join(root, 'chart.svg');
    await run(['--base', 'wanted', '--environment', 'local', '--svg', file, ...short], changed);
    await run(['--base', 'wanted', '--svg', file, ...short], changed);
    for (const name of ['chart.svg', 'chart-jobs-local.svg', 'chart-jobs-production.svg'])
      expect(readFileSync(join(root, name), 'utf8')).toMatch(/^<svg(.|\n)*<\/svg>\n$/);
  });

  it('reports the head alone where the base has another format', async () => {
    const text = await run(['--base', 'old', ...short]);
    expect(text).toContain('The policies of old cannot be read');
    expect(text).toMatch(/ConfigMap scaler\/scaler of local: .*mostReplicas/);
    expect(text).toMatch(/jobs done +300\n/);
  });

  it('names everything that is wrong at once', async () => {
    await expect(
      run(['jobs', 'more', '--environment', 'mars', '--format', 'html', '--jobs', '0', '--svg', 'x.svg']),
    ).rejects.toThrow(
      /'--environment' \(mars\).*\n.*'--format' \(html\).*\n.*not also 'more'.*\n.*'--svg' \(x\.svg\) needs '--base'\n.*'--jobs' \(0\)/,
    );
    await expect(run(['--base', 'nowhere'])).rejects.toThrow(
      "'--base' (nowhere) is no revision of this repository",
    );
    await expect(run(['other', '--base', 'wanted'])).rejects.toThrow(
      `no scaler of ${environments.map(({ name }) => name).join(', ')} knows other`,
    );
    await expect(run(['other'])).rejects.toThrow("'other' must be a workload of local: consumer, jobs, api");
    await expect(run(['--trace', '/nowhere.csv'])).rejects.toThrow(
      /'--trace' \(\/nowhere\.csv\) cannot be read/,
    );
    await expect(
      run(['--base', 'wanted', '--svg', '/nowhere/x.svg', '--environment', 'local', ...short]),
    ).rejects.toThrow(/'--svg' \(\/nowhere\/x\.svg\) cannot be written/);
  });

  it('replays the same policy as a cluster carries it out, where a cluster can', async () => {
    const policy = proportional({ perReplica: 10, maxReplicas: 5 });
    const counted = withOverrides(local, { consumer: { policy } });
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const sources = {
      root,
      render,
      environments: [counted],
      systemIn: (environment: typeof local) => systemIn(environment, applications),
    };
    await runSimulate(['consumer', '--backend', 'keda', ...short], sources);
    expect(write.mock.calls.map(([text]) => String(text)).join('')).toMatch(/^ +local +keda$/m);
    write.mockRestore();
    await expect(run(['consumer', '--backend', 'hpa', ...short])).rejects.toThrow(
      "'--backend' (hpa) cannot follow the policy 'latch' of local",
    );
    await expect(run(['--backend', 'nomad', '--base', 'wanted'])).rejects.toThrow(
      "'--backend' (nomad) must be one of: hpa, keda",
    );
  });

  it('explains itself', async () => {
    expect(await run(['--help'])).toContain('usage: sluice simulate');
  });
});
