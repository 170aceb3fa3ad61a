// biome-ignore lint/style/noRestrictedImports: the file is configuration and holds no secret
import { readFileSync } from 'node:fs';
import { FaultsError, type Policy, parseScalerConfig, type Workload } from '@sluice/policy';
import {
  ConfigError,
  concealInText,
  integer,
  oneOf,
  optionalSecret,
  optionalText,
  readFaultOf,
  seconds,
  serviceFields,
  textOr,
  url,
} from '@sluice/runtime';
import * as z from 'zod';
import { LOG_STORES } from '../../packages/contracts/log-store.ts';
import type { AccessRule } from './server/access.ts';
import { isTimeZone } from './view/format.ts';
import type { Links } from './view/page.ts';

/** The board's environment. */
export const environment = z.object({
  SCALER_URL: url(
    ['http', 'https'],
    "The scaler's metrics, `http://scaler:8080/metrics`; of several pods of it Prometheus' `/federate`.",
  ),
  SCALER_CONFIG_FILE: optionalText(
    "The scaler's declarative file: objectives, limits and marks of the workloads come from its policies.",
  ),
  LOG_FILE: optionalText('A file of log lines that grows: decisions and jobs done are read from it.'),
  SNAPSHOT_DIR: optionalText('Directory of the cluster snapshots that the collector writes.'),
  PROMETHEUS_URL: optionalText('Prometheus, for the charts of the infrastructure and the alerts that fire.'),
  REPORT_BUCKET: optionalText('The bucket of error reports; credentials come from the service account.'),
  S3_REGION: textOr('us-east-1', 'Region of the bucket.'),
  S3_ENDPOINT: optionalText('URL of an S3 server other than AWS.'),
  LOG_STORE: oneOf(LOG_STORES, 'victoria-logs', 'The kind of the log store.'),
  LOG_STORE_URL: optionalText('The log store, without a path and without credentials.'),
  LOG_STORE_USERNAME: optionalText('User of the log store.'),
  LOG_STORE_PASSWORD: optionalSecret('Its password; read for each request.'),
  LOG_STORE_CA_FILE: optionalText(
    'File (PEM) of the authorities that may vouch for a log store of scheme `https`.',
  ),
  SCALER_NAMESPACE: optionalText(
    "Namespace of the scaler's pods: with a log store, decisions are read from their lines.",
  ),
  REPOSITORY_URL: optionalText(
    'Page of the repository of the desired state: links to commits and pull requests.',
  ),
  REPOSITORY_BRANCH: textOr(
    'main',
    'Its branch that clusters follow: the files that are opened for editing.',
  ),
  ARGOCD_URL: optionalText('Page of Argo CD, for links.'),
  GRAFANA_URL: optionalText('Page of Grafana, for links.'),
  AUTH: oneOf(
    ['header', 'open'],
    'header',
    'Read access: `header`, a user that the ingress names; `open`, everyone with access to the port.',
  ),
  AUTH_HEADER: textOr(
    'x-auth-request-user',
    'Header in which the ingress names the signed-in user; a request without it is refused.',
  ),
  HOSTS: textOr(
    'localhost',
    'Host names, comma-separated, that an open board answers to besides addresses: another site can make a name of its own point here.',
  ),
  PATH_PREFIX: textOr(
    '/',
    'Path below which the pages are, behind an ingress that other applications share.',
  ),
  TIME_ZONE: textOr('UTC', 'Time zone of the instants, where a visitor asks for no other.'),
  POLL_SECONDS: seconds({
    min: 0.2,
    max: 60,
    fallback: 1,
    meaning: 'Seconds between two readings of the sources.',
  }),
  RATE_LIMIT_PER_MINUTE: integer({
    min: 10,
    max: 1_000_000,
    fallback: 600,
    meaning: 'Requests a minute of one user, of one address where there is no user; beyond it 429.',
  }),
  MAX_STREAMS: integer({
    min: 1,
    max: 100_000,
    fallback: 1000,
    meaning: 'Browsers that may follow pages live at once; beyond it 503.',
  }),
  DRAIN_DELAY_SECONDS: seconds({
    min: 0,
    max: 300,
    fallback: 0,
    meaning: 'How long it serves on after SIGTERM, unready, until nothing routes to it any more.',
  }),
  LINGER_SECONDS: seconds({
    min: 0,
    max: 300,
    fallback: 0,
    meaning: 'How long each answer closes its connection after that.',
  }),
  STOP_DEADLINE_SECONDS: seconds({
    min: 0,
    max: 3600,
    fallback: 10,
    meaning: 'How long requests in flight and readings may take to end after that.',
  }),
  ...serviceFields,
});

export type BoardConfig = z.output<typeof environment>;

/** What the environment names, read and checked. */
export interface Settings {
  readonly policies: ReadonlyMap<string, Policy>;
  /** The workload of a namespace that has one alone. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** Empty, or a path without a slash at its end. */
  readonly prefix: string;
  readonly access: AccessRule;
  readonly links: Links;
}

/** @throws {ConfigError} with every fault of the values and of the file */
export function settingsOf(config: BoardConfig): Settings {
  const faults: string[] = [];
  const { PATH_PREFIX: prefix, TIME_ZONE: zone, AUTH: kind, AUTH_HEADER: header, HOSTS: hosts } = config;
  if (!/^(\/[a-z0-9-]+)*\/?$/.test(prefix))
    faults.push(`'PATH_PREFIX' (${prefix}) must be a path of lower-case words, '/board' for example`);
  if (!isTimeZone(zone)) faults.push(`'TIME_ZONE' (${zone}) must be a time zone of IANA`);
  if (!/^[a-z0-9-]+$/.test(header))
    faults.push(`'AUTH_HEADER' (${header}) must be the name of a header, in lower case`);
  checkAddresses(config, faults);
  const workloads = workloadsIn(config.SCALER_CONFIG_FILE, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    policies: new Map(workloads.map(({ name, policy }) => [name, policy])),
    namespaces: namespacesOf(workloads),
    links: linksOf(config, workloads),
    prefix: prefix.replace(/\/$/, ''),
    access: kind === 'open' ? { kind, hosts: hosts.toLowerCase().split(/\s*,\s*/) } : { kind, header },
  };
}

const ADDRESSES = [
  ...([
    'PROMETHEUS_URL',
    'S3_ENDPOINT',
    'LOG_STORE_URL',
    'REPOSITORY_URL',
    'ARGOCD_URL',
    'GRAFANA_URL',
  ] as const),
];

/** What is read or linked to is an address of http or https, without credentials. */
function checkAddresses(config: BoardConfig, faults: string[]): void {
  for (const name of ADDRESSES) {
    const text = config[name];
    const url = text === undefined ? undefined : URL.parse(text);
    if (url === undefined || (url !== null && /^https?:$/.test(url.protocol) && url.username === ''))
      continue;
    faults.push(
      `'${name}' (${concealInText(text ?? '')}) must be a URL of http or https without credentials`,
    );
  }
}

const linksOf = (
  { REPOSITORY_URL, REPOSITORY_BRANCH, ARGOCD_URL, GRAFANA_URL }: BoardConfig,
  workloads: readonly Workload[],
): Links => ({
  ...(REPOSITORY_URL !== undefined && { repository: REPOSITORY_URL, branch: REPOSITORY_BRANCH }),
  files: filesOf(workloads),
  ...(ARGOCD_URL !== undefined && { argocd: ARGOCD_URL }),
  ...(GRAFANA_URL !== undefined && { grafana: GRAFANA_URL }),
});

/** What a namespace does is what its workload does, where it has no other. */
function namespacesOf(workloads: readonly Workload[]): ReadonlyMap<string, string> {
  const all = workloads.flatMap(({ name, target }) =>
    target.kind === 'process' ? [] : [{ name, namespace: target.namespace }],
  );
  const alone = all.filter(({ namespace }) => all.filter((one) => one.namespace === namespace).length === 1);
  return new Map(alone.map(({ name, namespace }) => [namespace, name]));
}

/** A workload is one file, named after what is scaled. */
const filesOf = (workloads: readonly Workload[]): ReadonlyMap<string, string> =>
  new Map(
    workloads.flatMap(({ name, target }) =>
      target.kind === 'process' ? [] : [[name, `apps/workloads/${target.name}.ts`]],
    ),
  );

function workloadsIn(path: string | undefined, faults: string[]): readonly Workload[] {
  if (path === undefined) return [];
  try {
    return parseScalerConfig(JSON.parse(readFileSync(path, 'utf8'))).workloads;
  } catch (error) {
    if (error instanceof FaultsError) faults.push(...error.faults);
    else
      faults.push(
        `'SCALER_CONFIG_FILE' (${path}) must be a JSON file that can be read: ${readFaultOf(error)}`,
      );
    return [];
  }
}
