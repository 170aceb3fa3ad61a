import type { Construct } from 'constructs';
import { scaledReplicas } from '../../argocd/source.ts';
import { Alerts } from '../../charts/alerts.ts';
import { Autoscaler, cpuUtilization } from '../../charts/autoscaler.ts';
import { DisruptionBudget } from '../../charts/disruption.ts';
import { WebPage } from '../../charts/ingress.ts';
import { MetricsScrape } from '../../charts/monitoring.ts';
import { type EnvValue, HTTP_PORT, HTTP_PORT_NAME } from '../../charts/pod.ts';
import { PolicyFile } from '../../charts/scaler.ts';
import { ownWorkloads } from '../../charts/scaling.ts';
import { type BalancerSignOn, PageLogin, SharedPage } from '../../charts/shared-page.ts';
import { WebService } from '../../charts/web-service.ts';
import { boardPages, type Environment, pageUrl, type SharedHost } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { organization, RUNBOOK } from '../../environments/organization.ts';
import { board as metrics, scaler as scalerMetrics } from '../../packages/contracts/metrics/catalogue.ts';
import { series } from '../../packages/contracts/metrics/metric.ts';
import type { Application } from '../application.ts';
import { SNAPSHOTS } from './collector.ts';
import { boardUsersOf, declareSecrets, loginOf } from './credentials.ts';
import { board, PRIORITY, PROMETHEUS, scaler } from './identities.ts';
import { bucketRoleOf, type Client, logStoreClient, objectStoreClient } from './log-sources.ts';
import { allowConnections, enteredByHost, lookups, prometheus, scraped } from './network.ts';
import { pollsIn } from './scaler.ts';

/** The header in which Traefik tells the board who asks; what a browser sends under that name is removed. */
const USER_HEADER = 'X-Auth-Request-User';

/** The header in which an Application Load Balancer tells who has signed on: the subject that the provider knows. */
const BALANCER_HEADER = 'x-amzn-oidc-identity';

/** The client of the OpenID provider, for the load balancer. */
const SIGN_ON = {
  ...{ secretName: 'board-sign-on', given: true },
  keys: { clientID: 'oidc-client-id', clientSecret: 'oidc-client-secret' },
} as const;

/** What a browser asks for. The metrics and the pages of the probes are none of it: they ask for no user. */
export const BOARD_PATHS = {
  '/': 'Exact',
  '/assets': 'Prefix',
  '/cluster-info': 'Prefix',
  '/csp-report': 'Exact',
  '/infra': 'Prefix',
  '/live': 'Exact',
  '/logs': 'Prefix',
  '/queues': 'Prefix',
  '/releases': 'Prefix',
} as const;

/** The board: it reads, and shows in a browser. It has no token of the API server. */
export const boardApplication: Application = {
  name: board.name,
  parent: 'infra-workloads',
  namespace: board.namespace,
  contribute: (environment) => ({
    connections: [
      ...lookups(board),
      isMonitored(environment)
        ? { from: board, to: prometheus, port: PROMETHEUS.port }
        : { from: board, to: scaler, port: HTTP_PORT },
      ...clientsOf(environment).flatMap(({ connections }) => connections),
      ...(hasPage(environment) ? enteredByHost(environment, board, HTTP_PORT) : []),
      scraped(board),
    ],
    secrets: [
      ...clientsOf(environment).flatMap(({ secrets }) => secrets),
      ...boardUsersOf(board, environment),
      ...(environment.web.sharedHost === undefined ? [] : [{ owner: board, ...SIGN_ON }]),
    ],
  }),
  ownedFields: () => [scaledReplicas(board)],
  build: (scope, environment, system) => {
    declareSecrets(scope, board, environment, system);
    const policies = new PolicyFile(scope, 'policies', {
      ...board,
      config: { ...pollsIn(environment), workloads: ownWorkloads(system.scaled) },
    });
    declareService(scope, environment, policies);
    declarePage(scope, environment);
    allowConnections(scope, board, system);
    new MetricsScrape(scope, 'scrape', { ...board, endpoints: [{ port: HTTP_PORT_NAME }] });
    new Alerts(scope, 'alerts', { ...board, runbook: RUNBOOK, dashboard: 'pods', alerts });
  },
};

const hasPage = ({ web }: Environment): boolean =>
  web.sharedHost !== undefined || boardPages(web).kind !== 'none';

const isMonitored = ({ addons }: Environment): boolean => addons.includes('kube-prometheus-stack');

/** One where one is enough; where a drain must not stop it, two, and more when many browsers follow. */
const replicasIn = ({ addonReplicas }: Environment) =>
  addonReplicas === 1 ? { minReplicas: 1, maxReplicas: 1 } : { minReplicas: 2, maxReplicas: 4 };

function declareService(scope: Construct, environment: Environment, policies: PolicyFile): void {
  const { minReplicas, maxReplicas } = replicasIn(environment);
  const { logReports } = environment;
  new WebService(scope, 'service', {
    ...{ ...board, image: images.board, readyPath: '/readyz' },
    environment: { ...variablesOf(environment), SCALER_CONFIG_FILE: policies.path },
    mounts: [policies.mount, ...clientsOf(environment).flatMap(({ mounts }) => mounts)],
    claims: [{ name: 'snapshots', claim: SNAPSHOTS.claim, path: SNAPSHOTS.path, readOnly: true }],
    annotations: policies.annotations,
    ...(logReports && bucketRoleOf(board, logReports)),
    resources: { cpu: '100m', memory: '256Mi' },
    priorityClassName: PRIORITY.low,
    placement: { maxPods: Math.ceil(maxReplicas * 1.25) },
  });
  new Autoscaler(scope, 'autoscaler', {
    ...{ ...board, minReplicas, maxReplicas, metrics: [cpuUtilization(80)] },
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        policies: [{ type: 'Pods', value: 1, periodSeconds: 15 }],
        selectPolicy: 'Max',
      },
      // A pod that goes takes its history with it.
      scaleDown: {
        stabilizationWindowSeconds: 300,
        policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        selectPolicy: 'Max',
      },
    },
  });
  if (maxReplicas > 1) new DisruptionBudget(scope, 'budget', { ...board, maxReplicas, maxUnavailable: 1 });
}

function declarePage(scope: Construct, { web }: Environment): void {
  const pages = boardPages(web);
  if (web.sharedHost !== undefined) declareSharedPage(scope, web.sharedHost);
  if (pages.kind === 'none') return;
  const { hosts, ingressClassName, clusterIssuer } = web;
  const login = loginOf(pages);
  new WebPage(scope, 'page', {
    ...{ ...board, host: hosts.board, paths: BOARD_PATHS, ingressClassName, clusterIssuer },
    ...{ service: board.name, port: HTTP_PORT_NAME },
    login: login && new PageLogin(scope, 'login', { ...board, login, userHeader: USER_HEADER }),
  });
}

/** Behind the load balancer, which signs users on. */
function declareSharedPage(scope: Construct, { host, certificateArn, scheme, signOn }: SharedHost): void {
  const provider: BalancerSignOn = { ...signOn, secret: SIGN_ON.secretName };
  new SharedPage(scope, 'page', {
    ...{ ...board, host, certificateArn, scheme, signOn: provider, healthPath: '/readyz' },
    ...{ service: board.name, port: HTTP_PORT_NAME, paths: BOARD_PATHS },
  });
}

/** The servers that it asks beside Prometheus: where lines are, and the bucket of reports. */
function clientsOf(environment: Environment): readonly Client[] {
  const { logs, logReports } = environment;
  const [store] = logs.stores;
  return [
    ...(store === undefined ? [] : [logStoreClient(board, store)]),
    ...(logReports === undefined ? [] : [objectStoreClient(board, logReports, environment)]),
  ];
}

const PROMETHEUS_URL = `${PROMETHEUS.url}:${PROMETHEUS.port}`;

/** Several scalers stand for each other behind one Service: Prometheus knows which of them leads. */
function readingsIn(environment: Environment): Readonly<Record<string, string>> {
  if (!isMonitored(environment))
    return { SCALER_URL: `http://${scaler.name}.${scaler.namespace}.svc:${HTTP_PORT}/metrics` };
  const { leader, backlog, currentReplicas, oldestWait, readingAge } = scalerMetrics;
  const names = [leader, backlog, currentReplicas, oldestWait, readingAge].map(({ name }) => name);
  const selector = `{namespace="${scaler.namespace}",__name__=~"${names.join('|')}"}`;
  return {
    SCALER_URL: `${PROMETHEUS_URL}/federate?match[]=${encodeURIComponent(selector)}`,
    // What it asks for is as old as a scrape.
    ...{ POLL_SECONDS: '5', PROMETHEUS_URL },
  };
}

function variablesOf(environment: Environment): Readonly<Record<string, EnvValue>> {
  const { web, addons, logs, logReports } = environment;
  const { hosts, sharedHost } = web;
  const { host, path, branch } = organization.repository;
  const isOpen = boardPages(web).kind === 'without-login';
  const header = sharedHost === undefined ? USER_HEADER.toLowerCase() : BALANCER_HEADER;
  return {
    ...readingsIn(environment),
    SNAPSHOT_DIR: SNAPSHOTS.path,
    ...(logs.stores.length > 0 && { SCALER_NAMESPACE: scaler.namespace }),
    ...Object.assign({}, ...clientsOf(environment).map((client) => client.environment)),
    ...(logReports && { REPORT_BUCKET: logReports.reportBucket }),
    ...{ REPOSITORY_URL: `https://${host}/${path}`, REPOSITORY_BRANCH: branch },
    ...(addons.includes('argo-cd') && { ARGOCD_URL: pageUrl(web, 'argocd') }),
    ...(isMonitored(environment) && { GRAFANA_URL: pageUrl(web, 'grafana') }),
    ...(isOpen ? { AUTH: 'open', HOSTS: hosts.board } : { AUTH: 'header', AUTH_HEADER: header }),
  };
}

const own = { namespace: board.namespace };

const alerts = [
  {
    name: 'BoardDown',
    severity: 'warning' as const,
    expr: `absent(up{namespace="${board.namespace}",job="${board.name}"} == 1)`,
    for: '5m',
    summary: 'Prometheus cannot scrape any pod of the board.',
    description: 'The pages of the board do not answer. What scales, alerts and delivers does without it.',
  },
  {
    name: 'BoardReadingsFail',
    severity: 'warning' as const,
    expr: `sum by (pod) (increase(${series(metrics.sourceFailures, own)}[10m])) > 20`,
    for: '10m',
    summary: 'The pod {{ $labels.pod }} of the board cannot read the workloads.',
    description: 'Its pages show old values and say of when they are. The line `source failed` says why.',
  },
  {
    name: 'BoardPolicyReported',
    severity: 'info' as const,
    expr: `sum(increase(${series(metrics.policyReports, own)}[1h])) > 0`,
    for: '0m',
    summary: 'Browsers report that a page of the board tried what it must not do.',
    description:
      'The content security policy stopped it. The line `content security policy reported` says what it was.',
  },
];
