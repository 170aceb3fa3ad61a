/** The last page: where to look now, and how to read the passwords. */
import { documentOf } from '../../charts/credentials.ts';
import { boardPages, type Environment, type Page } from '../../environments/environment.ts';
import type { AddonName } from '../../environments/versions.ts';
import { hasUsualPorts } from '../../packages/testbed/kind/provider.ts';
import type { ClusterLike } from './machine.ts';

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
