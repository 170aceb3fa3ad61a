import { isIP } from 'node:net';
import { documentOf } from '../../charts/credentials.ts';
import { boardPages, type Environment, type Page } from '../../environments/environment.ts';
import type { AddonName } from '../../environments/versions.ts';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import { hasUsualPorts } from '../../packages/testbed/kind/provider.ts';
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

/** The last page: where to look now, and how to read the passwords. */
interface Login {
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
  /** The user's name, or the key of the Secret that has it. */
  readonly user: string | { readonly key: string };
}

interface PageProps {
  /** What brings it. @default the environment itself */
  readonly addon?: AddonName;
  /** @default it asks for none */
  readonly login?: Login;
}

const admin = { user: 'admin' };

/** A page that is not here is one of the environment itself, and has no login. */
const table: Readonly<Partial<Record<Page, PageProps>>> = {
  argocd: {
    addon: 'argo-cd',
    login: { ...admin, namespace: 'argocd', secret: 'argocd-initial-admin-secret', key: 'password' },
  },
  broker: { login: { ...admin, namespace: 'broker', secret: 'broker-admin', key: 'password' } },
  grafana: {
    addon: 'kube-prometheus-stack',
    login: { ...admin, namespace: 'monitoring', secret: 'grafana-admin', key: 'admin-password' },
  },
  jenkins: {
    addon: 'jenkins',
    login: {
      ...{ namespace: 'jenkins', secret: 'jenkins-admin', key: 'jenkins-admin-password' },
      user: { key: 'jenkins-admin-user' },
    },
  },
  prometheus: { addon: 'kube-prometheus-stack' },
};

/** Who may forward a port of the namespace may see it. */
const NO_PAGE =
  'Prometheus has no page: kubectl -n monitoring port-forward service/kube-prometheus-stack-prometheus 9090';

const read = ({ namespace, secret }: Login, key: string): string =>
  `kubectl -n ${namespace} get secret ${secret} -o go-template='{{index .data "${key}" | base64decode}}'`;

/** The provider of a cluster decides on which ports its nodes are reached. */
export type Reached = Pick<ClusterLike, 'name' | 'provider'>;

function portOf({ entrance, clusterIssuer }: Environment['web'], { name, provider }: Reached): string {
  if (entrance.kind !== 'node-ports' || (provider === 'kind' && hasUsualPorts(name))) return '';
  return `:${clusterIssuer === undefined ? entrance.http : entrance.https}`;
}

function passwordOf(page: string, login: Login, { secrets }: Environment): string[] {
  if (page === 'argocd' && secrets.kind === 'external')
    return [
      `user admin, the password whose hash is argocd-admin-hash in ${documentOf(secrets.documents, 'argocd')}`,
    ];
  const { user, key } = login;
  const name = typeof user === 'string' ? [`user ${user}`] : ['user', `  ${read(login, user.key)}`];
  return [...name, 'password', `  ${read(login, key)}`];
}

const isBoardShown = (web: Environment['web']): boolean => boardPages(web).kind !== 'none';

/** The URL of each page, and how its password is read. */
export function pageLines(environment: Environment, cluster: Reached): string[] {
  const { addons, web } = environment;
  const scheme = web.clusterIssuer === undefined ? 'http' : 'https';
  const known = new Map<string, PageProps>(Object.entries(table));
  const shown = Object.entries(web.hosts).filter(([page]) => page !== 'board' || isBoardShown(web));
  return shown.flatMap(([page, host]) => {
    const { addon, login } = known.get(page) ?? {};
    if (addon !== undefined && !addons.includes(addon)) return [];
    if (page === 'prometheus' && web.openPages.kind === 'none') return [NO_PAGE];
    const lines = login === undefined ? [] : passwordOf(page, login, environment);
    return [`${scheme}://${host}${portOf(web, cluster)}`, ...lines.map((line) => `  ${line}`)];
  });
}
