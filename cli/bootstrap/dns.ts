import { isIP } from 'node:net';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import { apply, find } from './apply.ts';
import { BootstrapError, type ClusterLike, type MachineLike } from './machine.ts';
import type { Step } from './steps.ts';

/** Where the host's own resolver forwards to, behind the one on loopback. */
const BEHIND = '/run/systemd/resolve/resolv.conf';

/** Where the host names no other: public resolvers. */
const PUBLIC = ['1.1.1.1', '8.8.8.8'];

/** CoreDNS hands what it does not know to the node's resolvers. */
const FORWARD = /^(\s*forward\s+\.\s+)\/etc\/resolv\.conf/m;

type Corefile = KubernetesObject & { readonly data: { readonly Corefile: string } };

/** The name servers of a resolv.conf. @see https://man7.org/linux/man-pages/man5/resolv.conf.5.html */
export const nameservers = (text: string): string[] =>
  [...text.matchAll(/^nameserver\s+(\S+)/gm)]
    .map(([, address = '']) => address)
    .filter((address) => isIP(address.split('%')[0] ?? '') !== 0);

/** Whether an IP address is this machine's own. */
export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

/** Name servers that are no resolver on this host's loopback. */
export function upstreams(machine: Pick<MachineLike, 'read'>): string[] {
  const behind = nameservers(machine.read(BEHIND)).filter((address) => !isLoopback(address));
  return behind.length > 0 ? behind : PUBLIC;
}

const hostLoops = (machine: MachineLike): boolean =>
  nameservers(machine.read('/etc/resolv.conf')).some(isLoopback);

/** CoreDNS ends itself when its own question comes back. @see https://coredns.io/plugins/loop/ */
async function crashes(cluster: ClusterLike): Promise<boolean> {
  const logs = ['--namespace', 'kube-system', 'logs', '--selector=k8s-app=kube-dns', '--tail=50'];
  const { stdout } = await cluster.kubectl(logs, { check: false });
  return stdout.includes('plugin/loop: Loop');
}

const corefile = (cluster: ClusterLike) => find<Corefile>(cluster, 'configmap', 'coredns', 'kube-system');

/** A resolver on the host's loopback is CoreDNS's own when its pod asks it. Only kind's nodes take the host's. */
export const dns: Step = {
  title: 'CoreDNS upstream',
  plan: ({ environment }, machine) => {
    if (environment.aws !== undefined)
      return ['nothing: only nodes of kind take the resolver of this machine'];
    const to = upstreams(machine).join(' ');
    return [
      hostLoops(machine)
        ? `on kind: this machine's resolver is on its loopback, so CoreDNS forwards to ${to}`
        : `on kind: only where CoreDNS sees its own questions come back: then it forwards to ${to}`,
    ];
  },
  done: async ({ cluster, machine }) => {
    if (cluster.provider !== 'kind') return true;
    const config = await corefile(cluster);
    if (config === undefined || !FORWARD.test(config.data.Corefile)) return true;
    return !(hostLoops(machine) || (await crashes(cluster)));
  },
  run: async ({ cluster, machine }) => {
    const config = await corefile(cluster);
    if (config === undefined) throw new BootstrapError("kube-system has no ConfigMap 'coredns'");
    const Corefile = config.data.Corefile.replace(FORWARD, `$1${upstreams(machine).join(' ')}`);
    const metadata = { name: config.metadata.name, namespace: 'kube-system' };
    await apply(cluster, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile } }]);
    const rollout = (...args: string[]) =>
      cluster.kubectl(['--namespace', 'kube-system', 'rollout', ...args, 'deployment/coredns'], {
        seconds: 190,
      });
    await rollout('restart');
    await rollout('status', '--timeout=180s');
  },
};
