import { boardPages, type Environment } from '../../environments/environment.ts';
import type { AddonName } from '../../environments/versions.ts';
import { Checks } from '../../packages/contracts/checks.ts';
import type { Addon } from './addon.ts';
import { argoCd, argoRollouts } from './argo.ts';
import { awsEfsCsiDriver, awsLoadBalancerController, karpenter, karpenterCrd } from './aws.ts';
import { certManager, trustManager } from './certificates.ts';
import { externalSecrets } from './external-secrets.ts';
import { fluentBit } from './fluent-bit.ts';
import { jenkins } from './jenkins.ts';
import { kubePrometheusStack, prometheusOperatorCrds } from './kube-prometheus-stack.ts';
import { installedAddons, LOG_ADDONS } from './log-stores.ts';
import { loki } from './loki.ts';
import { keda, metricsServer, prometheusAdapter } from './metrics-apis.ts';
import { opentelemetryCollector, opentelemetryEvents } from './opentelemetry-collector.ts';
import { eckOperator, psmdbOperator } from './store-operators.ts';
import { traefik } from './traefik.ts';
import { victoriaLogs } from './victoria-logs.ts';

/** Every addon; which environment has which is data in environments.ts. */
export const catalog: Readonly<Record<AddonName, Addon>> = {
  'argo-cd': argoCd,
  'argo-rollouts': argoRollouts,
  'aws-efs-csi-driver': awsEfsCsiDriver,
  'aws-load-balancer-controller': awsLoadBalancerController,
  'cert-manager': certManager,
  'eck-operator': eckOperator,
  'external-secrets': externalSecrets,
  'fluent-bit': fluentBit,
  jenkins,
  karpenter,
  'karpenter-crd': karpenterCrd,
  keda,
  'kube-prometheus-stack': kubePrometheusStack,
  loki,
  'metrics-server': metricsServer,
  'opentelemetry-collector': opentelemetryCollector,
  'opentelemetry-events': opentelemetryEvents,
  'prometheus-adapter': prometheusAdapter,
  'prometheus-operator-crds': prometheusOperatorCrds,
  'psmdb-operator': psmdbOperator,
  traefik,
  'trust-manager': trustManager,
  'victoria-logs': victoriaLogs,
};

/**
 * The addons of an environment, in the order of their names.
 * @throws {ChartError} with every fault: one twice, two that exclude each other, one without what it needs
 */
export function addonsOf(environment: Environment): Addon[] {
  check(environment);
  return installedAddons(environment).map((name) => catalog[name]);
}

function check(environment: Environment): void {
  const { name, addons, aws, definitions = [], secrets, web } = environment;
  const installed = installedAddons(environment);
  const has = (addon: AddonName): boolean => installed.includes(addon);
  const checks = new Checks(`Environment '${name}'`)
    .that(
      !(has('prometheus-adapter') && has('keda')),
      `'addons' must not have both prometheus-adapter and keda: both serve the APIService v1beta1.external.metrics.k8s.io, and a cluster has one`,
    )
    .that(
      secrets.kind !== 'external' || has('external-secrets'),
      `'secrets' (external) needs the addon external-secrets`,
    )
    .that(
      web.clusterIssuer === undefined || has('cert-manager'),
      `'clusterIssuer' (${web.clusterIssuer}) needs the addon cert-manager`,
    );
  checkTls(checks, environment, has);
  checkPages(checks, web, has);
  checkSharedHost(checks, web, has);
  checkLogs(checks, environment);
  checkRecordedArrivals(checks, environment);
  for (const addon of releaseAddons(web))
    checks.that(has(addon), `'canary' (${web.canary}) needs the addon ${addon}`);
  for (const addon of new Set([...addons, ...installed])) {
    const { needs = [], onAws = false } = catalog[addon];
    checks
      .that(addons.indexOf(addon) === addons.lastIndexOf(addon), `'addons' has ${addon} twice`)
      .that(!onAws || aws !== undefined, `'addons' (${addon}) needs 'aws'`);
    for (const other of needs)
      checks.that(has(other) || definitions.includes(other), `'addons' (${addon}) needs ${other} beside it`);
  }
  checks.done();
}

/** Certificates of an authority of its own are kept and handed out by two addons. */
function checkTls(
  checks: Checks,
  { brokerTls, storeTls }: Environment,
  has: (addon: AddonName) => boolean,
): void {
  for (const [property, tls] of Object.entries({ brokerTls, storeTls }))
    for (const addon of ['cert-manager', 'trust-manager'] as const)
      checks.that(tls === undefined || has(addon), `'${property}' needs the addon ${addon}`);
}

/** A page without a login is for this machine only; Traefik adds a login in front of it. */
function checkPages(
  checks: Checks,
  { openPages, board, entrance }: Environment['web'],
  has: (addon: AddonName) => boolean,
): void {
  for (const [property, pages] of Object.entries({ openPages, board }))
    checks
      .that(
        pages?.kind !== 'without-login' || entrance.kind === 'node-ports',
        `'${property}' (without-login) must be none, basic-auth or oidc behind a load balancer`,
      )
      .that(
        (pages?.kind !== 'basic-auth' && pages?.kind !== 'oidc') || has('traefik'),
        `'${property}' (${pages?.kind}) needs the addon traefik`,
      );
}

/** The load balancer of a shared host signs users of the board on: a second way in would not tell it who asks. */
function checkSharedHost(checks: Checks, web: Environment['web'], has: (addon: AddonName) => boolean): void {
  if (web.sharedHost === undefined) return;
  const { subnets } = web.sharedHost;
  checks
    .that(has('aws-load-balancer-controller'), `'sharedHost' needs the addon aws-load-balancer-controller`)
    .that(subnets.length > 0, `'sharedHost.subnets' must name the subnets of the load balancer`)
    .that(
      boardPages(web).kind === 'none',
      `'board' (${boardPages(web).kind}) must be none: 'sharedHost' shows it`,
    );
}

/** Log stores bring their addons; a store that two entries name would be sent every line twice. */
function checkLogs(checks: Checks, environment: Environment): void {
  const { addons, logs } = environment;
  const { stores, retention } = logs;
  for (const addon of LOG_ADDONS)
    checks.that(!addons.includes(addon), `'addons' must not have ${addon}: 'logs.stores' decides it`);
  for (const kind of new Set(stores))
    checks.that(stores.indexOf(kind) === stores.lastIndexOf(kind), `'logs.stores' has ${kind} twice`);
  if (stores.includes('elasticsearch')) {
    checks.that(
      logs.elasticsearch !== undefined,
      `'logs.elasticsearch' must say how Elasticsearch is run: it is one of 'logs.stores'`,
    );
    for (const addon of ['cert-manager', 'trust-manager'] as const)
      checks.that(addons.includes(addon), `'logs.stores' (elasticsearch) needs the addon ${addon}`);
  }
  checks.that(
    /^\d+h$/.test(retention) && Number.parseInt(retention, 10) >= 24,
    `'logs.retention' (${retention}) must be whole hours, at least 24h`,
  );
}

/** The comment of a pull request has no secrets, and its answers are public: an address with a password is none. */
function checkRecordedArrivals(checks: Checks, { recordedArrivals }: Environment): void {
  if (recordedArrivals === undefined) return;
  const { prometheus, hours = 1, counter = 'x' } = recordedArrivals;
  checks
    .that(
      /^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/.test(prometheus),
      "'recordedArrivals.prometheus' must be http:// or https://, a host and at most a port and a path",
    )
    .that(
      Number.isInteger(hours) && hours >= 1 && hours <= MAX_HOURS,
      `'recordedArrivals.hours' (${hours}) must be a whole number from 1 to ${MAX_HOURS}`,
    )
    .that(
      /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(counter),
      `'recordedArrivals.counter' (${counter}) must be the name of a metric`,
    );
}

/** A fortnight. */
const MAX_HOURS = 14 * 24;

/** The addons that shift the requests, measure and split them; Istio is no addon of this catalog. */
function releaseAddons({ canary }: Environment['web']): readonly AddonName[] {
  if (canary === undefined) return [];
  return ['argo-rollouts', 'kube-prometheus-stack', ...(canary === 'traefik' ? ['traefik' as const] : [])];
}
