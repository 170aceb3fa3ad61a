import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repositoryRoot, type ServiceProcess } from '../../cli/up/processes.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';

type Line = Record<string, unknown> & { msg: string };

/** The real processes: the web service, and the exporter that reads its /metrics.json. */
class Harness {
  readonly lines: (Line & { readonly from: string })[] = [];
  readonly fleet = new ServiceProcesses((line, from) => void this.lines.push({ ...line, from }));

  async start(
    name: string,
    env: Readonly<Record<string, string>>,
  ): Promise<{ process: ServiceProcess; origin: string }> {
    const heard = this.lines.length;
    const process = this.fleet.start(name, env);
    const listening = () =>
      this.lines.slice(heard).find(({ from, msg }) => from === name && msg === 'listening');
    await until(`${name} listens`, () => listening() !== undefined, 30);
    return { process, origin: `http://127.0.0.1:${listening()?.port}` };
  }

  api(port = '0') {
    return this.start('api', { HTTP_PORT: port, DRAIN_DELAY_SECONDS: '0', LINGER_SECONDS: '0' });
  }

  exporter(url: string) {
    const targets = [{ name: 'shop', url, module: 'source-system' }];
    return this.start('exporter', {
      MAPPINGS_DIRECTORY: join(repositoryRoot, 'services', 'exporter', 'mappings'),
      TARGETS_FILE: this.fleet.file('targets.yaml', { targets, allowAddresses: ['127.0.0.0/8'] }),
      INTERVAL_SECONDS: '0.5',
      TIMEOUT_SECONDS: '0.5',
    });
  }
}

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.fleet.stop());

const ask = async (url: string): Promise<string> => (await fetch(url)).text();

/** The mapped series of /metrics, name -> value. */
async function exposed(origin: string): Promise<Record<string, number>> {
  const text = await ask(`${origin}/metrics`);
  return Object.fromEntries(
    [...text.matchAll(/^(http_\w+)\{service="shop"\} (\d+)$/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]),
  );
}

/** Waits until the exporter shows that. */
const shows = (origin: string, values: Readonly<Record<string, number>>): Promise<void> =>
  vi.waitFor(async () => expect(await exposed(origin)).toEqual(values), { timeout: patient(10) * 1000 });

const counts = (requests: number, clientErrors: number) => ({
  http_requests_total: requests,
  http_400_response_total: clientErrors,
  http_500_response_total: 0,
});

describe("the web service's counts", () => {
  it('are counters that outlive its restart, and are gone while it is', async () => {
    const first = await harness.api();
    const { origin } = await harness.exporter(`${first.origin}/metrics.json`);
    for (const path of ['/api', '/api/orders?customer=4711', '/api', '/nowhere'])
      await ask(`${first.origin}${path}`);
    await shows(origin, counts(4, 1));

    first.process.child.kill('SIGTERM');
    await first.process.ended;
    await shows(origin, {});
    expect(await ask(`${origin}/metrics`)).toMatch(/^sluice_exporter_target_up\{target="shop".*\} 0$/m);

    const second = await harness.api(new URL(first.origin).port);
    await ask(`${second.origin}/api`);
    await shows(origin, counts(5, 1));
    expect(await ask(`${origin}/metrics`)).toMatch(
      /^sluice_exporter_target_restarts_total\{target="shop".*\} 1$/m,
    );
    expect(await ask(`${origin}/probe?target=shop`)).toContain('http_requests_total{service="shop"} 1\n');
  });
});

describe('the process', () => {
  it('stops in order on SIGTERM', async () => {
    const { process } = await harness.exporter('http://127.0.0.1:1/');
    process.child.kill('SIGTERM');
    expect(await process.ended).toBe(0);
  });

  it('ends with 1 when its address is taken', async () => {
    const { origin } = await harness.api();
    const process = harness.fleet.start('exporter', {
      MAPPINGS_DIRECTORY: join(repositoryRoot, 'services', 'exporter', 'mappings'),
      TARGETS_FILE: harness.fleet.file('targets.yaml', {}),
      HTTP_PORT: new URL(origin).port,
    });
    expect(await process.ended).toBe(1);
  });

  it('does not start with faults, and reports them all in one line', async () => {
    const process = harness.fleet.start('exporter', {
      MAPPINGS_DIRECTORY: harness.fleet.directory,
      TARGETS_FILE: harness.fleet.file('targets.yaml.txt', { targets: [{}] }),
    });
    await once(process.child, 'exit');
    expect(await process.ended).toBe(2);
    const told = harness.lines.filter(({ msg }) => msg === 'invalid configuration');
    expect(told.map(({ faults }) => (faults as string[]).length)).toEqual([4]);
  });
});
