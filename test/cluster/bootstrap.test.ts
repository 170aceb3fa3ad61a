/** Bootstrap on a real cluster: stopped in the middle, gone on with, run once more; and new passwords afterwards. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applications } from '../../apps/testing/desired-state.ts';
import { thisMachine } from '../../cli/bootstrap/machine.ts';
import { runBootstrap } from '../../cli/bootstrap.ts';
import type { Environment } from '../../environments/environment.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { argoCdDefinitions } from '../../packages/testbed/definitions.ts';
import { fromSourceProvider } from '../../packages/testbed/from-source/provider.ts';
import { applyDefinitions, definitionsOf } from '../../packages/testbed/lib/definitions.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { type Progress, until, untilDone } from '../../packages/testbed/lib/until.ts';
import { installAddon } from './addons.ts';
import { applicationsOf } from './applications.ts';
import { startArgoCd } from './argo.ts';
import { installCrds } from './crds.ts';
import { type Desired, openDesired } from './desired.ts';
import { type Watching, watching } from './observe.ts';
import { objectsOf, provideImages, testEnvironment } from './system.ts';

const name = 'bootstrap';
const unavailable = await fromSourceProvider.unavailable();
if (unavailable !== undefined) process.stderr.write(`skipped: a cluster from source ${unavailable}\n`);
process.stderr.write(
  'left out: the step that installs Argo CD by helm, for no chart repository can be reached from the test cluster\n',
);

let cluster: Cluster;
let desired: Desired;
let seen: Watching;
let environment: Environment;

interface Run {
  readonly code: number;
  /** Title of a step -> how it went. */
  readonly steps: ReadonlyMap<string, string>;
  readonly said: string;
  readonly printed: string;
  readonly seconds: number;
}

async function bootstrap(...options: string[]): Promise<Run> {
  const said: string[] = [];
  const printed: string[] = [];
  const machine = {
    ...thisMachine,
    say: (text: string) => {
      said.push(text);
      thisMachine.say(text);
    },
    print: (text: string) => printed.push(text),
  };
  const dist = join(desired.folder, 'dist');
  const began = performance.now();
  const where = ['--provider', 'from-source', '--name', name, '--argo-cd', 'present', '--timeout', '170s'];
  const code = await runBootstrap([environment.name, ...where, ...options], {
    ...{ environments: [environment], applications, dist, machine },
  });
  const ended = said.flatMap((line) => {
    const [, title, how] = /^\d\/8 ([^:]+): (.*) \(.* s\)$/.exec(line) ?? [];
    return title === undefined || how === undefined ? [] : [[title, how] as const];
  });
  return {
    ...{ code, steps: new Map(ended), said: said.join('\n'), printed: printed.join('') },
    seconds: (performance.now() - began) / 1000,
  };
}

/** What a run may not touch: KIND/NAMESPACE/NAME -> identity and version. */
async function versions(kinds: string): Promise<Record<string, string>> {
  const { items } = JSON.parse(await seen.kubectl('get', kinds, '-A', '-o', 'json')) as {
    items: KubernetesObject[];
  };
  return Object.fromEntries(
    items.map(({ kind, metadata: { namespace = '', name: own, uid, resourceVersion } }) => [
      `${kind}/${namespace}/${own}`,
      `${uid} ${resourceVersion}`,
    ]),
  );
}

const passwordOf = async (namespace: string, secret: string, key: string): Promise<string> =>
  seen.kubectl(
    ...['-n', namespace, 'get', 'secret', secret],
    ...['-o', `go-template={{index .data "${key}" | base64decode}}`],
  );

/** Whether the broker takes that password. */
async function accepted(user: string, password = ''): Promise<boolean> {
  const rabbitmqctl = 'PATH=/usr/lib/rabbitmq/bin:$PATH rabbitmqctl --quiet authenticate_user';
  const exec = ['-n', 'broker', 'exec', '-i', 'broker-0', '--', 'sh', '-c', `${rabbitmqctl} ${user}`];
  return (await cluster.kubectl(exec, { input: `${password}\n`, check: false })).code === 0;
}

const topologyDone = () =>
  until('the topology to be declared', 120, async () => {
    const jobs = ['-n', 'broker', 'get', 'jobs', '--selector=app.kubernetes.io/name=topology'];
    return (await seen.kubectl(...jobs, '-o', 'jsonpath={.items[*].status.succeeded}')) === '1';
  });

describe.skipIf(unavailable !== undefined)('bootstrap', () => {
  let first: Record<string, string>;

  beforeAll(async () => {
    await fromSourceProvider.down(name);
    cluster = await fromSourceProvider.up({ name });
    await provideImages(cluster);
    seen = watching(cluster);
    desired = await openDesired(name);
    environment = {
      ...testEnvironment,
      repository: { repoURL: desired.repoURL, revision: 'main' },
      addons: [],
      definitions: ['argo-cd', 'prometheus-operator-crds'],
      logs: { ...testEnvironment.logs, stores: [] },
    };
    // What the charts bring elsewhere.
    await applyDefinitions(cluster, await definitionsOf(argoCdDefinitions));
    await installCrds(cluster, objectsOf(environment));
    await installAddon(cluster, 'metrics-server');
    desired.render(environment);
    await desired.commit('Want everything');
  });

  afterAll(async () => {
    await fromSourceProvider.down(name);
  });

  test('stops where Argo CD is missing, says so, and keeps what it has done', async () => {
    const { code, steps, said } = await bootstrap();
    expect(code).toBe(1);
    expect(said).toContain("'--argo-cd' (present): no ConfigMap argocd-cm in namespace argocd");
    expect(Object.fromEntries(steps)).toEqual({
      cluster: "'bootstrap' (from-source) answers",
      'CoreDNS upstream': 'nothing to do',
      namespaces: 'done',
      'generated Secrets': 'done',
    });
    first = await versions('secrets,namespaces');
    expect(Object.keys(first)).toEqual(
      expect.arrayContaining([
        'Namespace//argocd',
        'Secret/broker/broker-users',
        'Secret/scaler/broker-credentials',
      ]),
    );
  });

  test('a Secret that was lost on the way is made again with the passwords that the others have', async () => {
    const before = await passwordOf('consumer', 'broker-credentials', 'password');
    await seen.kubectl('-n', 'consumer', 'delete', 'secret', 'broker-credentials');
    expect((await bootstrap()).steps.get('generated Secrets')).toBe('done');
    expect(await passwordOf('consumer', 'broker-credentials', 'password')).toBe(before);
    const { 'Secret/consumer/broker-credentials': made = '', ...others } =
      await versions('secrets,namespaces');
    expect({ ...others, 'Secret/consumer/broker-credentials': made }).toEqual({
      ...first,
      'Secret/consumer/broker-credentials': made,
    });
    first = { ...first, 'Secret/consumer/broker-credentials': made };
  });

  test('goes on where it stopped, until every Application is Synced and Healthy', async () => {
    await startArgoCd(cluster);
    const { code, steps, printed, seconds } = await bootstrap();
    process.stderr.write(`from Argo CD to everything Synced and Healthy: ${seconds.toFixed(1)} s\n`);
    expect(code).toBe(0);
    expect([...steps].slice(1).map(([title, how]) => `${title}: ${how}`)).toEqual([
      'CoreDNS upstream: nothing to do',
      'namespaces: nothing to do',
      'generated Secrets: nothing to do',
      'Argo CD: nothing to do',
      'repository credential: nothing to do',
      'root Application: done',
      'Applications: done',
    ]);
    expect(printed).toContain('http://broker.sluice.localhost:30080');
    expect(printed).not.toContain(await passwordOf('broker', 'broker-admin', 'password'));
    const all = await applicationsOf(cluster).all();
    expect(all.length).toBeGreaterThan(7);
    for (const { status } of all)
      expect(`${status?.sync?.status}/${status?.health?.status}`).toBe('Synced/Healthy');
    expect(await versions('secrets')).toMatchObject(
      Object.fromEntries(Object.entries(first).filter(([key]) => key.startsWith('Secret/'))),
    );
  });

  test('once more changes nothing, and is quick', async () => {
    const kinds = 'secrets,namespaces,configmaps,appprojects.argoproj.io';
    const before = await versions(kinds);
    const { code, steps, seconds } = await bootstrap();
    process.stderr.write(`a run with nothing to do: ${seconds.toFixed(1)} s\n`);
    expect(code).toBe(0);
    expect(new Set([...steps.values()].slice(1))).toEqual(new Set(['nothing to do']));
    expect(await versions(kinds)).toEqual(before);
    expect(seconds).toBeLessThan(patient(30));
  });

  test('a cluster that follows one environment is refused to another', async () => {
    const own = environment;
    environment = { ...own, name: 'other' };
    desired.render(environment);
    const { code, said } = await bootstrap();
    environment = own;
    desired.render(environment);
    expect(code).toBe(1);
    expect(said).toContain(
      'follows dist/testbed/argocd/root, not dist/other/argocd/root: nothing was changed',
    );
  });

  describe('new passwords for the users of the broker', () => {
    const users = ['publisher', 'consumer'] as const;
    const current = async () =>
      Promise.all(users.map((user) => passwordOf(user, 'broker-credentials', 'password')));

    const before = ['before-1', 'before-2', 'before-3'];

    /** No pod may start meanwhile: a node keeps an immutable Secret as long as one pod there has it. */
    const closed = async (work: () => Promise<void>) => {
      const close = (user: string) =>
        seen.kubectl('-n', user, 'create', 'quota', 'rotation', '--hard=pods=0');
      await close('consumer');
      await cluster.kubectl(['-n', 'consumer', 'delete', 'pods', '--all'], { seconds: 120 });
      for (const run of before) await seen.published(run);
      await close('publisher');
      await work();
      for (const user of users) await seen.kubectl('-n', user, 'delete', 'quota', 'rotation');
      await seen.kubectl('-n', 'consumer', 'rollout', 'restart', 'deployment/consumer');
    };

    const rotate = async () => {
      await seen.kubectl('-n', 'broker', 'delete', 'secret', 'broker-users');
      for (const user of users) await seen.kubectl('-n', user, 'delete', 'secret', 'broker-credentials');
      expect((await bootstrap('--no-wait')).steps.get('generated Secrets')).toBe('done');
      await seen.kubectl('-n', 'broker', 'delete', 'job', '--selector=app.kubernetes.io/name=topology');
      await topologyDone();
    };

    test('are taken while jobs wait, and no job is lost', async () => {
      const old = await current();
      const scaler = await passwordOf('scaler', 'broker-credentials', 'password');
      // A minute of work for all consumers, of which they are stopped in the first seconds.
      const consumer = await seen.record();
      for (const run of before) await seen.publish(run);
      await until('a consumer at work', 90, () => consumer.mostReady > 0);
      await closed(async () => {
        const { ready, unacked } = await seen.queue('jobs');
        process.stderr.write(`${ready} jobs wait while passwords change, ${unacked} are in hand\n`);
        expect(ready).toBeGreaterThan(0);
        expect(unacked).toBe(0);
        await rotate();
      });
      const changed = await current();
      const taken = (all: readonly string[]) =>
        Promise.all(users.map((user, index) => accepted(user, all[index])));
      expect(await taken(old)).toEqual([false, false]);
      expect(await taken(changed)).toEqual([true, true]);
      expect(await passwordOf('scaler', 'broker-credentials', 'password')).toBe(scaler);
      expect(await accepted('scaler', scaler)).toBe(true);
      await seen.publish('after');
      await untilDone('every job of the four runs', 180, await jobsOfFourRuns());
      expect((await seen.queue('jobs.parked')).ready).toBe(0);
    });
  });
});

interface JobsQueue {
  readonly messages_ready?: number;
  readonly messages_unacknowledged?: number;
  /** What consumers confirmed, since the broker began to count. */
  readonly message_stats?: { readonly ack?: number };
}

/** Four runs publish a hundred jobs each. @returns how far they are, by one request each time it is asked */
async function jobsOfFourRuns(): Promise<() => Promise<Progress>> {
  const config = `user = "admin:${await passwordOf('broker', 'broker-admin', 'password')}"\n`;
  const service = ['-n', 'broker', 'get', 'service', 'broker'];
  const address = await seen.kubectl(...service, '-o', 'jsonpath={.spec.clusterIP}');
  const host = address === 'None' ? await podAddress() : address;
  const url = `http://${host}:15672/api/queues/%2f/jobs`;
  return async () => {
    const { stdout } = await cluster.exec(['curl', '-sf', '-m', '5', '--config', '-', url], {
      input: config,
    });
    const queue = JSON.parse(stdout) as JobsQueue;
    const { messages_ready: ready = 0, messages_unacknowledged: taken = 0 } = queue;
    const done = queue.message_stats?.ack ?? 0;
    return {
      done: ready + taken === 0 && done >= 400,
      state: `${ready} ready, ${taken} taken, ${done} done`,
    };
  };
}

const podAddress = () =>
  seen.kubectl('-n', 'broker', 'get', 'pod', 'broker-0', '-o', 'jsonpath={.status.podIP}');
