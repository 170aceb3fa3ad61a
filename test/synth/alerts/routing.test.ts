import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  type AlertRouting,
  alertmanagerConfig,
  messageTemplates,
  receiverKeys,
} from '../../../charts/alertmanager.ts';
import { environmentNames, objectsIn } from '../dist.ts';
import { amtool, amtoolAbsent } from './amtool.ts';
import { alertRules } from './rules.ts';

const stackOf = (environment: string) =>
  objectsIn(environment, 'Application').find(({ metadata }) => metadata.name === 'kube-prometheus-stack');

/** Environments that have an Alertmanager. */
const watched = environmentNames.filter((environment) => stackOf(environment) !== undefined);

/** Alertmanager's files of an environment, as the chart is given them. */
function delivered(environment: string): { config: object; templateFiles: Record<string, string> } {
  const application = stackOf(environment);
  if (application === undefined) throw new Error(`${environment} has no kube-prometheus-stack`);
  const source = application.spec.source as object as {
    helm: {
      valuesObject: { alertmanager: { config: object; templateFiles: Record<string, string> } };
    };
  };
  return source.helm.valuesObject.alertmanager;
}

/** Written as the operator does it, at places of this machine. @returns the path of the configuration */
function written(config: object, templateFiles: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'alertmanager-'));
  const secrets = join(directory, 'secrets');
  mkdirSync(secrets);
  for (const [name, text] of Object.entries(templateFiles)) writeFileSync(join(directory, name), text);
  const text = stringify({ ...config, templates: [join(directory, '*.tmpl')] });
  const path = join(directory, 'alertmanager.yaml');
  writeFileSync(path, text.replaceAll('/etc/alertmanager/secrets/alert-receivers', secrets));
  return path;
}

const routing: AlertRouting = {
  secrets: '/etc/alertmanager/secrets/alert-receivers',
  second: { kind: 'webhook' },
  teams: { shop: ['orders', 'basket'] },
  silencing: { BrokerDown: 'broker' },
  holidays: [{ timeZone: 'Europe/Berlin', dates: ['2026-12-25', '2027-01-01'] }],
};
const templates = {
  'messages.tmpl': messageTemplates({ grafana: 'https://grafana.example.com', logs: 'loki' }),
};

const receiversOf = async (config: string, labels: Readonly<Record<string, string>>): Promise<string> => {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const { text } = await amtool('config', 'routes', 'test', `--config.file=${config}`, ...pairs);
  return text.trim();
};

if (amtoolAbsent !== undefined) console.warn(`skipped: the routes of alerts by amtool. ${amtoolAbsent}`);

describe.skipIf(amtoolAbsent !== undefined)('the configuration of Alertmanager', () => {
  it.each(watched)('of %s is one that it takes', async (environment) => {
    const { config, templateFiles } = delivered(environment);
    const { ok, text } = await amtool('check-config', written(config, templateFiles));
    expect(ok, text).toBe(true);
  });

  it.each([
    { kind: 'webhook' },
    { kind: 'slack', channel: '#alerts' },
    { kind: 'email', to: 'a@example.com', from: 'b@example.com', smarthost: 'mail:587', username: 'b' },
  ] as const)('is one that it takes with the second receiver $kind', async (second) => {
    const config = alertmanagerConfig({ ...routing, second });
    const { ok, text } = await amtool('check-config', written(config, templates));
    expect(ok, text).toBe(true);
    expect(receiverKeys({ ...routing, second })).toContain(
      { email: 'smtp-password', webhook: 'webhook', slack: 'slack' }[second.kind],
    );
  });
});

describe.skipIf(amtoolAbsent !== undefined)('an alert', () => {
  let config = '';
  beforeAll(() => {
    config = written(alertmanagerConfig(routing), templates);
  });

  it.each([
    [{ severity: 'warning', owner: 'platform', namespace: 'broker' }, 'discord'],
    [{ severity: 'critical', owner: 'platform', namespace: 'broker' }, 'second,discord'],
    [{ severity: 'warning', owner: 'shop', namespace: 'elsewhere' }, 'discord-shop'],
    [{ severity: 'critical', owner: 'shop', namespace: 'orders' }, 'second,discord-shop'],
    // An alert of the platform on what runs in a team's namespace is the team's.
    [{ severity: 'warning', owner: 'platform', namespace: 'basket' }, 'discord-shop'],
    [{ severity: 'info', owner: 'shop', namespace: 'orders' }, 'none'],
    [{ alertname: 'OfAnotherChart' }, 'discord'],
  ])('with %o goes to %s', async (labels, receivers) => {
    expect(await receiversOf(config, labels)).toBe(receivers);
  });

  it('of every rule reaches a person, unless it is for information', async () => {
    const path = written(alertmanagerConfig(routing), templates);
    const distinct = new Map(alertRules.map(({ labels }) => [JSON.stringify(labels), labels]));
    for (const labels of distinct.values()) {
      const { severity } = labels;
      const expected = { critical: 'second,discord', warning: 'discord', info: 'none' }[severity ?? ''];
      expect(await receiversOf(path, labels), JSON.stringify(labels)).toBe(expected);
    }
  });
});

describe('a warning', () => {
  it('waits on the holidays of the timetables, and nothing else does', () => {
    const { time_intervals, ...config } = alertmanagerConfig({ ...routing, teams: {} });
    const muted = JSON.stringify(config).match(/\{[^{}]*"mute_time_intervals":[^{}]*\}/g) ?? [];
    expect(muted).toHaveLength(1);
    expect(muted[0]).toContain('severity=\\"warning\\"');
    expect(muted[0]).toContain('holidays-europe-berlin');
    expect(time_intervals[0]?.time_intervals[0]).toEqual({
      ...{ years: ['2026'], months: ['12'], days_of_month: ['25'], location: 'Europe/Berlin' },
    });
  });

  it('waits on no day where no timetable has holidays', () => {
    const { time_intervals, route } = alertmanagerConfig({ ...routing, holidays: [] });
    expect(time_intervals).toEqual([]);
    expect(JSON.stringify(route)).not.toContain('mute_time_intervals');
  });
});
