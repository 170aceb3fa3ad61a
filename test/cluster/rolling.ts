/** New versions of the web service under constant load, pod by pod, behind the real ingress controller. */
import { api as service } from '../../apps/testing/workloads.ts';
import { ingressAddress } from '../../packages/testbed/addons/traefik.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { installAddon } from './addons.ts';
import { type Answered, sendRequests } from './load.ts';
import { serviceIn } from './releases.ts';
import { provideService, testEnvironment } from './system.ts';

const PER_SECOND = 100;
/** Nothing here measures the load: the count is ours. */
const LEFT_OUT = ['HorizontalPodAutoscaler', 'PrometheusRule', 'ServiceMonitor'];

export interface Rolled extends Answered {
  /** What was asked for in that time. */
  readonly asked: number;
  readonly seconds: number;
  /** How many versions there were. */
  readonly revision: number;
}

/** Puts two pods of the web service on the cluster, replaces both so many times, and counts the answers meanwhile. */
export async function rollUnderLoad(cluster: Cluster, rollouts: number): Promise<Rolled> {
  const kubectl = async (...args: string[]): Promise<string> => {
    const { stdout } = await cluster.kubectl(['--namespace', service.namespace, ...args], { seconds: 130 });
    return stdout.trim();
  };
  const deployment = `deployment/${service.name}`;
  await provideService(cluster, 'api');
  await installAddon(cluster, 'traefik');
  await cluster.apply(serviceIn(testEnvironment).filter(({ kind }) => !LEFT_OUT.includes(kind)));
  await kubectl('scale', deployment, '--replicas=2');
  const settled = () => kubectl('rollout', 'status', deployment, `--timeout=${patient(120)}s`);
  await settled();
  const address = await ingressAddress(cluster);
  const { api: host } = testEnvironment.web.hosts;
  const send = (seconds: number) =>
    sendRequests(cluster, {
      address,
      host,
      path: '/api/orders?customer=4711',
      perSecond: PER_SECOND,
      seconds,
    });
  await until('the first answer', 30, async () => (await send(1))['2xx'] > 0);
  const began = Date.now();
  const roll = async () => {
    for (let count = 0; count < rollouts; count += 1) {
      await kubectl('rollout', 'restart', deployment);
      await settled();
    }
  };
  const answers = await sendWhile(send, roll());
  const seconds = (Date.now() - began) / 1000;
  const annotation = 'jsonpath={.metadata.annotations.deployment\\.kubernetes\\.io/revision}';
  const revision = Number(await kubectl('get', deployment, '-o', annotation));
  return { ...answers, asked: seconds * PER_SECOND, seconds, revision };
}

/** Rounds of 10 s, one after the other, until the work is done. */
async function sendWhile(
  send: (seconds: number) => Promise<Answered>,
  work: Promise<void>,
): Promise<Answered> {
  let done = false;
  const working = work.finally(() => {
    done = true;
  });
  const total = { '2xx': 0, non2xx: 0, errors: 0, timeouts: 0 };
  while (!done) {
    const some = await send(10);
    for (const key of Object.keys(total) as (keyof Answered)[]) total[key] += some[key];
  }
  await working;
  return total;
}
