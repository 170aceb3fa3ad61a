/** From a wish for one more consumer to its first message, on a real kubelet: the whole and its parts. */
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { spawnOwned } from '@sluice/runtime/processes';
import { withOverrides } from '../../apps/testing/workloads.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { pathsOf } from '../../packages/testbed/from-source/cluster-paths.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { type Api, openApi } from '../cluster/api.ts';
import { watching } from '../cluster/observe.ts';
import { deploySystem, provideImages, testEnvironment } from '../cluster/system.ts';
import { onBuiltCluster } from './cluster.ts';
import { type Figure, median, round } from './figures.ts';

const name = 'cold-start';
const ROUNDS = 20;
/** The first start after the images came reads them from the disk. */
const WARM_UP = 2;

// Jobs enough for every round, each so short that a stop does not wait for it.
const environment = withOverrides(testEnvironment, {
  ...{ publisher: { jobsPerRun: 5000 }, consumer: { workSeconds: 0.1 } },
});

/** Milliseconds, one after the other: their sum is the way from the wish to the first message. */
interface Start {
  readonly sandbox: number;
  readonly container: number;
  readonly runtime: number;
  readonly modules: number;
  readonly connect: number;
  readonly delivery: number;
}

const sum = (...parts: number[]): number => parts.reduce((all, part) => all + part, 0);

export const coldStart = (): Promise<Figure[]> =>
  onBuiltCluster(name, async (cluster) => {
    const tasks = followTasks();
    try {
      return figuresOf(await measure(cluster, tasks));
    } finally {
      tasks.stop();
    }
  });

async function measure(cluster: Cluster, tasks: Tasks): Promise<Start[]> {
  await provideImages(cluster);
  await deploySystem(cluster, environment);
  const { kubectl, publish, published } = watching(cluster);
  // The bench asks for pods itself.
  await kubectl('-n', 'scaler', 'scale', 'deployment', 'scaler', '--replicas=0');
  await kubectl('-n', 'scaler', 'wait', 'pod', '--all', '--for=delete', '--timeout=60s');
  await publish('bench');
  await published('bench');
  const api = await openApi(cluster.kubeconfig);
  const starts: Start[] = [];
  try {
    for (let index = 0; index < WARM_UP + ROUNDS; index += 1) {
      const start = await startOne(cluster, api, tasks);
      if (index >= WARM_UP) starts.push(start);
    }
  } finally {
    api.close();
  }
  return starts;
}

async function startOne(cluster: Cluster, api: Api, tasks: Tasks): Promise<Start> {
  await scale(api, 0);
  await until('no consumer', 60, async () => (await podsOf(api)).length === 0);
  // The last pod's remains are cleaned up before the next one is asked for.
  await pause(1000);
  const wished = Date.now();
  await scale(api, 1);
  const lines = await until('the first job', 60, async () => {
    const said = await linesOf(cluster);
    return said.some(({ msg }) => msg === 'job processed') ? said : undefined;
  });
  const pod = (await podsOf(api))[0];
  const [sandbox, container] = await tasks.startsSince(wished);
  return partsOf({ wished, sandbox, container }, lines, pod?.metadata.name ?? '');
}

interface LogLine {
  readonly time: number;
  readonly msg: string;
  readonly runtimeMs?: number;
  readonly modulesMs?: number;
  readonly durationSeconds?: number;
}

function partsOf(
  { wished, sandbox, container }: { wished: number; sandbox: number; container: number },
  lines: readonly LogLine[],
  pod: string,
): Start {
  const line = (msg: string): LogLine => {
    const found = lines.find((each) => each.msg === msg);
    if (found === undefined) throw new Error(`${pod} did not say '${msg}'`);
    return found;
  };
  const starting = line('starting');
  const connected = line('connected');
  const processed = line('job processed');
  const taken = processed.time - (processed.durationSeconds ?? 0) * 1000;
  const { modulesMs = 0 } = starting;
  return {
    sandbox: sandbox - wished,
    container: container - sandbox,
    runtime: starting.time - modulesMs - container,
    modules: modulesMs,
    connect: connected.time - starting.time,
    delivery: taken - connected.time,
  };
}

const deployment = '/apis/apps/v1/namespaces/consumer/deployments/consumer';

const scale = (api: Api, replicas: number) =>
  api.ask(`${deployment}/scale`, {
    method: 'PATCH',
    type: 'application/merge-patch+json',
    body: { spec: { replicas } },
  });

interface Pod {
  readonly metadata: { readonly name: string };
}

const podsOf = async (api: Api): Promise<readonly Pod[]> =>
  ((await api.ask('/api/v1/namespaces/consumer/pods')).body as { items: readonly Pod[] }).items;

async function linesOf(cluster: Cluster): Promise<LogLine[]> {
  const logs = ['-n', 'consumer', 'logs', '-l', 'app.kubernetes.io/name=consumer', '--tail=-1'];
  const { stdout } = await cluster.kubectl(logs, { check: false });
  return stdout
    .split('\n')
    .filter((text) => text.startsWith('{') && text.endsWith('}'))
    .map((text) => JSON.parse(text) as LogLine);
}

interface Tasks {
  /** Epoch milliseconds at which containerd had started the first two tasks since then: sandbox and container. */
  startsSince(since: number): Promise<[number, number]>;
  stop(): void;
}

/** containerd's own word, to the nanosecond: a pod's status knows seconds only. */
function followTasks(): Tasks {
  const events = ['--address', pathsOf(name).containerdSocket, '--namespace', 'k8s.io', 'events'];
  const child = spawnOwned(['ctr', ...events], { stdout: 'pipe' });
  const starts: number[] = [];
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, day, time] = /^(\S+) (\S+) \S+ UTC k8s\.io \/tasks\/start /.exec(line) ?? [];
      if (day !== undefined && time !== undefined) starts.push(Date.parse(`${day}T${time.slice(0, 12)}Z`));
    });
  return {
    startsSince: (since) =>
      until('two tasks', 10, () => {
        const [sandbox, container] = starts.filter((start) => start >= since);
        return sandbox !== undefined && container !== undefined ? [sandbox, container] : undefined;
      }),
    stop: () => child.kill(),
  };
}

const spreadOf = (values: readonly number[]): [number, number] => [
  round(Math.min(...values)),
  round(Math.max(...values)),
];

function figuresOf(starts: readonly Start[]): Figure[] {
  const whole = starts.map((one) => sum(...Object.values(one)));
  const own = starts.map(({ runtime, modules, connect, delivery }) =>
    sum(runtime, modules, connect, delivery),
  );
  const figure = (bench: string, values: readonly number[], most?: number): Figure => ({
    bench,
    value: round(median(values)),
    unit: 'ms, p50',
    spread: spreadOf(values),
    target: most === undefined ? 'a part of the above' : `<= ${most} ms`,
    ok: most === undefined || median(values) <= most,
  });
  const parts = ['sandbox', 'container', 'runtime', 'modules', 'connect', 'delivery'] as const;
  return [
    figure('cold-start-of-container', own, 200),
    figure('cold-start-of-pod', whole, 1000),
    ...parts.map((part) =>
      figure(
        `cold-start-part-${part}`,
        starts.map((one) => one[part]),
      ),
    ),
  ];
}
