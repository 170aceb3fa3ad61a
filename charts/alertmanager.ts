import { logRecords } from '../packages/contracts/log-store.ts';
import type { SecondReceiver } from '../packages/contracts/platform.ts';
import { uidOf } from './dashboards/dashboard.ts';

/** Where a message leads, beside the runbook. */
export interface MessageLinks {
  /** Grafana's own address, for example https://grafana.example.com. */
  readonly grafana: string;
  /** The log store whose data source in Grafana has the lines, under the same name. @default none: no link */
  readonly logs?: 'loki' | 'victoria-logs';
}

/** Labels of an alert that a dashboard has a variable for. */
const VARIABLES = ['namespace', 'workload'] as const;

/** The value of a label as a choice of the dashboard. */
const chosen = (name: string): string => `{{ with .Labels.${name} }}&var-${name}={{ . | urlquery }}{{ end }}`;

/** Names of the templates, as receivers call them. */
const MESSAGE = { title: 'sluice.title', text: 'sluice.text' } as const;

/**
 * A message as people read it in a channel: what, since when, how bad, whose, and where to look.
 * @see https://prometheus.io/docs/alerting/latest/notifications/
 */
export function messageTemplates({ grafana, logs }: MessageLinks): string {
  const links = [
    '[runbook]({{ .Annotations.runbook_url }})',
    `[dashboard](${grafana}/d/{{ or .Annotations.dashboard "${uidOf('overview')}" }}?from=now-3h${VARIABLES.map(chosen).join('')})`,
    ...(logs === undefined ? [] : [`[logs](${logsOf(grafana, logs)})`]),
  ];
  return [
    define(
      MESSAGE.title,
      '{{ if eq .Status "firing" }}{{ .CommonLabels.severity | toUpper }}{{ else }}RESOLVED{{ end }}: ' +
        '{{ .GroupLabels.alertname }}{{ with .CommonLabels.workload }} of {{ . }}{{ end }}' +
        '{{ with .CommonLabels.namespace }} in {{ . }}{{ end }}',
    ),
    define(
      MESSAGE.text,
      [
        '{{ range .Alerts.Firing }}**{{ .Annotations.summary }}**',
        '{{ .Annotations.description }}',
        `Since ${instant('.StartsAt')}; owner {{ .Labels.owner }}. ${links.join(' · ')}`,
        '{{ end }}{{ range .Alerts.Resolved }}Resolved: {{ .Annotations.summary }}',
        `From ${instant('.StartsAt')} to ${instant('.EndsAt')}.`,
        '{{ end }}',
      ].join('\n'),
    ),
  ].join('\n');
}

const define = (name: string, body: string): string => `{{ define "${name}" }}${body}{{ end }}`;

const instant = (field: string): string => `{{ ${field}.UTC.Format "2006-01-02 15:04:05" }} UTC`;

/** Grafana's Explore on the namespace of the alert, over the hour before it. */
function logsOf(grafana: string, datasource: 'loki' | 'victoria-logs'): string {
  const { namespace } = logRecords[datasource].line;
  const expr = datasource === 'loki' ? `{${namespace}="NAMESPACE"}` : `{"${namespace}"="NAMESPACE"}`;
  const queries = [{ refId: 'A', expr }];
  const pane = { datasource, queries, range: { from: 'now-1h', to: 'now' } };
  const left = encodeURIComponent(JSON.stringify(pane));
  return `${grafana}/explore?left=${left.replace('NAMESPACE', '{{ .Labels.namespace | urlquery }}')}`;
}

/** Days on which warnings wait. */
export interface Holidays {
  readonly timeZone: string;
  /** Local dates, YYYY-MM-DD. */
  readonly dates: readonly string[];
}

/** What routing is made of. */
export interface AlertRouting {
  /** The folder that the keys of the Secret are mounted in. */
  readonly secrets: string;
  /** Where critical alerts go as well. @default nowhere */
  readonly second?: SecondReceiver;
  /** Team -> its namespaces; each has a Discord channel of its own: the key `discord-<team>`. @default none */
  readonly teams?: Readonly<Record<string, readonly string[]>>;
  /** Alert -> the value of `depends_on` that it silences. */
  readonly silencing: Readonly<Record<string, string>>;
  readonly holidays: readonly Holidays[];
}

interface Route {
  readonly receiver: string;
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly continue?: boolean;
  readonly mute_time_intervals?: readonly string[];
  readonly routes?: readonly Route[];
}

interface Receiver {
  readonly name: string;
  readonly discord_configs?: readonly DiscordConfig[];
  readonly slack_configs?: readonly object[];
  readonly email_configs?: readonly object[];
  readonly webhook_configs?: readonly object[];
}

interface DiscordConfig {
  readonly webhook_url_file: string;
  readonly send_resolved: boolean;
  readonly title: string;
  readonly message: string;
}

interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal?: readonly string[];
}

interface TimeInterval {
  readonly name: string;
  readonly time_intervals: readonly {
    readonly years: readonly string[];
    readonly months: readonly string[];
    readonly days_of_month: readonly string[];
    readonly location: string;
  }[];
}

/** Alertmanager's own file, as far as it is used here. @see https://prometheus.io/docs/alerting/latest/configuration/ */
export interface AlertmanagerConfig {
  readonly route: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibit_rules: readonly InhibitRule[];
  readonly time_intervals: readonly TimeInterval[];
  readonly templates: readonly string[];
}

/** A receiver of the name that sends nothing. */
const NO_CHANNEL = 'none';
const CHANNEL = 'discord';
const SECOND = 'second';

/** The folder of the rendered config; the templates lie beside it. */
const TEMPLATES = '/etc/alertmanager/config/*.tmpl';

const text = (template: string): string => `{{ template "${template}" . }}`;

/** Every alert stays on Alertmanager's page, and no one is notified. */
export const silentConfig: AlertmanagerConfig = {
  route: { receiver: NO_CHANNEL, group_by: ['namespace'] },
  receivers: [{ name: NO_CHANNEL }],
  inhibit_rules: [],
  time_intervals: [],
  templates: [TEMPLATES],
};

/** Who is notified of which alert, when, and which alerts another one inhibits. */
export function alertmanagerConfig(routing: AlertRouting): AlertmanagerConfig {
  const teams = Object.keys(routing.teams ?? {});
  return {
    route: routeOf(routing),
    receivers: [
      { name: NO_CHANNEL },
      { name: CHANNEL, discord_configs: [discord(routing, CHANNEL)] },
      ...teams.map((team) => ({
        name: channelOf(team),
        discord_configs: [discord(routing, channelOf(team))],
      })),
      ...(routing.second === undefined ? [] : [secondReceiver(routing, routing.second)]),
    ],
    inhibit_rules: inhibitRules(routing),
    time_intervals: routing.holidays.map(intervalOf),
    templates: [TEMPLATES],
  };
}

const channelOf = (team: string): string => `${CHANNEL}-${team}`;

function routeOf(routing: AlertRouting): Route {
  const { teams = {}, second } = routing;
  return {
    receiver: CHANNEL,
    group_by: ['alertname', 'namespace', 'workload'],
    ...{ group_wait: '30s', group_interval: '5m', repeat_interval: '4h' },
    routes: [
      { receiver: NO_CHANNEL, matchers: ['severity="info"'] },
      ...(second === undefined
        ? []
        : [{ receiver: SECOND, matchers: ['severity="critical"'], repeat_interval: '1h', continue: true }]),
      ...Object.entries(teams).flatMap(([team, namespaces]) =>
        [`owner="${team}"`, `namespace=~"${namespaces.join('|')}"`].map((matcher) =>
          severities(routing, channelOf(team), [matcher]),
        ),
      ),
      ...severities(routing, CHANNEL, []).routes,
    ],
  };
}

/** What a channel receives: warnings except on holidays; critical alerts always, and again after an hour. */
function severities({ holidays }: AlertRouting, receiver: string, matchers: readonly string[]) {
  const muted = holidays.map(nameOf);
  return {
    ...{ receiver, matchers },
    routes: [
      { receiver, matchers: ['severity="critical"'], repeat_interval: '1h' },
      {
        ...{ receiver, matchers: ['severity="warning"'] },
        ...(muted.length > 0 && { mute_time_intervals: muted }),
      },
    ],
  };
}

function inhibitRules({ silencing }: AlertRouting): InhibitRule[] {
  return [
    ...Object.entries(silencing).map(([alert, dependsOn]) => ({
      source_matchers: [`alertname="${alert}"`],
      target_matchers: [`depends_on="${dependsOn}"`],
    })),
    {
      source_matchers: ['severity="critical"', 'workload!=""'],
      target_matchers: ['severity="warning"', 'workload!=""'],
      equal: ['namespace', 'workload'],
    },
    // An alert of the application says more than that it cannot be scraped.
    ...Object.keys(silencing).map((alert) => ({
      source_matchers: [`alertname="${alert}"`],
      target_matchers: ['alertname="TargetDown"'],
      equal: ['namespace'],
    })),
  ];
}

/** The keys of the Secret that a routing reads, each a file of its name. */
export const receiverKeys = ({ teams = {}, second }: Pick<AlertRouting, 'teams' | 'second'>): string[] => [
  CHANNEL,
  ...Object.keys(teams).map(channelOf),
  ...(second === undefined ? [] : [KEYS[second.kind]]),
];

const KEYS = { slack: 'slack', email: 'smtp-password', webhook: 'webhook' } as const;

const discord = ({ secrets }: AlertRouting, key: string): DiscordConfig => ({
  webhook_url_file: `${secrets}/${key}`,
  send_resolved: true,
  title: text(MESSAGE.title),
  message: text(MESSAGE.text),
});

function secondReceiver({ secrets }: AlertRouting, second: SecondReceiver): Receiver {
  const name = SECOND;
  const send_resolved = true;
  if (second.kind === 'webhook')
    return { name, webhook_configs: [{ url_file: `${secrets}/${KEYS.webhook}`, send_resolved }] };
  if (second.kind === 'slack') {
    const { channel } = second;
    const texts = { title: text(MESSAGE.title), text: text(MESSAGE.text) };
    return {
      name,
      slack_configs: [{ api_url_file: `${secrets}/${KEYS.slack}`, channel, send_resolved, ...texts }],
    };
  }
  const { to, from, smarthost, username } = second;
  const mail = { to, from, smarthost, send_resolved, auth_username: username };
  const headers = { Subject: text(MESSAGE.title) };
  return {
    name,
    email_configs: [
      {
        ...{ ...mail, auth_password_file: `${secrets}/${KEYS.email}`, require_tls: true, headers },
        ...{ html: '', text: text(MESSAGE.text) },
      },
    ],
  };
}

const nameOf = ({ timeZone }: Holidays): string => `holidays-${timeZone.toLowerCase().replace(/\W+/g, '-')}`;

const intervalOf = (holidays: Holidays): TimeInterval => ({
  name: nameOf(holidays),
  time_intervals: holidays.dates.map((date) => {
    const [year = '', month = '', day = ''] = date.split('-');
    return {
      years: [year],
      months: [String(Number(month))],
      days_of_month: [String(Number(day))],
      location: holidays.timeZone,
    };
  }),
});
