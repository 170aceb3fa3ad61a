import { afterEach, describe, expect, it, vi } from 'vitest';
import { render } from '../apps/testing/desired-state.ts';
import { deployment, priorityClass } from '../packages/analysis/capacity/testing.ts';
import { ConfigurationError } from '../packages/contracts/checks.ts';
import { type Render, runCapacity } from './capacity.ts';

const files = new Map([
  ['local/shop/low.yaml', priorityClass('low', 10)],
  ['local/shop/web.yaml', deployment('web', 3, '250m', 'priorityClassName: low,')],
  ['production/shop/web.yaml', deployment('web', 9, '250m')],
]);

describe('sluice capacity', () => {
  afterEach(() => vi.restoreAllMocks());
  const run = async (argv: string[], rendered: Render = () => files) => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await runCapacity(argv, rendered)).toBe(0);
    const printed = write.mock.calls.map(([text]) => String(text)).join('');
    write.mockRestore();
    return printed;
  };

  it('says for each environment what it requests', async () => {
    const text = await run([]);
    expect(text).toMatch(/^Capacity of local\n/);
    expect(text).toContain('\nCapacity of production\n');
    expect(text).toMatch(/Deployment shop\/web +any +low +3 +250m +0 +its replicas/);
    expect(text).toMatch(/total +3 +750m +none +0 +none/);
  });

  it('says whether nodes of a size hold it', async () => {
    const text = await run(['--environment', 'production', '--node', 'cpu=1,memory=1Gi', '--nodes', '2']);
    expect(text).not.toContain('Capacity of local');
    expect(text).toMatch(/max +3 +no +1 of 9 web +none/);
  });

  it('writes Markdown for a pull request and JSON for programs', async () => {
    expect(await run(['--format', 'markdown'])).toContain('| Deployment shop/web | any | low | 3 |');
    const { environments } = JSON.parse(await run(['--format', 'json', '--node', 'cpu=1,memory=1Gi']));
    expect(environments).toMatchObject([
      {
        environment: 'local',
        total: { min: { pods: 3 }, max: { requests: { cpu: '750m', memory: '0' }, limits: {} } },
        room: { min: { nodesNeeded: 1 }, max: { nodesNeeded: 1 } },
      },
      { environment: 'production', room: { max: { nodesNeeded: 3 } } },
    ]);
  });

  it('says of this repository that the broker outlives the work on a full node', async () => {
    const argv = [
      '--environment',
      'production',
      '--node',
      'cpu=2,memory=2Gi',
      '--nodes',
      '1',
      '--format',
      'json',
    ];
    const { environments } = JSON.parse(await run(argv, render));
    const { pending, preempted } = environments[0].room.max;
    const names = [...pending, ...preempted].map(({ name }: { name: string }) => name);
    expect(new Set(names)).toContain('consumer');
    expect(names).not.toContain('broker');
    expect(names).not.toContain('scaler');
  });

  it('names everything that is wrong at once', async () => {
    const bad = ['--environment', 'mars', '--node', 'cpu=0,disk=1', '--nodes', 'many', '--format', 'html'];
    await expect(run(bad)).rejects.toThrow(ConfigurationError);
    await expect(run(bad)).rejects.toThrow("'--environment' (mars) must be one of: local, production\n");
    await expect(run(bad)).rejects.toThrow(
      /'--environment' \(mars\) .*\n.*'--format' \(html\).*\n.*knows no 'disk'.*\n.*cpu above 0.*\n.*memory above 0.*\n.*'--nodes' \(many\)/,
    );
    await expect(run(['--nodes', '2'])).rejects.toThrow("'--nodes' (2) needs '--node'");
    await expect(run(['--node', 'cpu=1,memory=1Gi', '--pool', 'spto'])).rejects.toThrow(
      "'--pool' (spto) must be one of: any",
    );
  });

  it('explains itself', async () => {
    expect(await run(['--help'])).toContain('usage: sluice capacity');
  });
});
