import type { Policy } from '@sluice/policy';
import {
  type AlertmanagerConfig,
  alertmanagerConfig,
  type Holidays,
  messageTemplates,
  receiverKeys,
  silentConfig,
} from '../../charts/alertmanager.ts';
import { type Environment, pageUrl } from '../../environments/environment.ts';
import type { AddonSecret } from '../addons/addon.ts';
import { otlpStoresOf } from '../addons/log-stores.ts';
import type { System } from '../application.ts';
import { broker } from './identities.ts';
import { STORES } from './stores.ts';

/** The Secret with the addresses and passwords of the receivers of alerts. */
export const RECEIVERS_SECRET = 'alert-receivers';

/** Where the operator mounts it in Alertmanager's pods. */
const MOUNTED = `/etc/alertmanager/secrets/${RECEIVERS_SECRET}`;

/** An alert -> what is silent while it fires. */
const silencingIn = ({ redis }: Environment): Readonly<Record<string, string>> => ({
  BrokerDown: broker.name,
  ...(redis && { RedisDown: STORES.redis.identity.name }),
});

/** What a receiver is sent with; a person makes it up. */
export const receiverSecretsOf = ({ alerting }: Environment): AddonSecret[] =>
  alerting === undefined
    ? []
    : [
        {
          secretName: RECEIVERS_SECRET,
          keys: Object.fromEntries(receiverKeys(alerting).map((key) => [key, `alerts-${key}`])),
          given: true,
        },
      ];

/** What Alertmanager does with alerts, and how its messages read. */
export interface AlertmanagerFiles {
  readonly config: AlertmanagerConfig;
  /** File name -> text. */
  readonly templateFiles: Readonly<Record<string, string>>;
}

/** The files of Alertmanager in one environment. */
export function alertmanagerFiles(
  environment: Environment,
  system: Pick<System, 'scaled'>,
): AlertmanagerFiles {
  const { alerting, web } = environment;
  const [logs] = otlpStoresOf(environment);
  if (alerting === undefined) return { config: silentConfig, templateFiles: {} };
  const grafana = pageUrl(web, 'grafana');
  return {
    config: alertmanagerConfig({
      ...{ ...alerting, secrets: MOUNTED, silencing: silencingIn(environment) },
      holidays: holidaysOf(system.scaled.map(({ workload }) => workload.policy)),
    }),
    templateFiles: {
      'messages.tmpl': messageTemplates({ grafana, ...(logs !== undefined && { logs }) }),
    },
  };
}

/** The holidays of all timetables, each time zone once. */
export function holidaysOf(policies: readonly Policy[]): Holidays[] {
  const schedules = policies.flatMap((policy) => (policy.kind === 'schedule' ? [policy] : []));
  const zones = Map.groupBy(schedules, ({ timeZone }) => timeZone);
  return [...zones]
    .map(([timeZone, all]) => ({
      timeZone,
      dates: [...new Set(all.flatMap(({ holidays }) => holidays))].sort(),
    }))
    .filter(({ dates }) => dates.length > 0);
}
