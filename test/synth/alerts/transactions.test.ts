import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertmanagerFiles } from '../../../apps/platform/alerting.ts';
import { bank, render, withTransactions } from '../../../apps/testing/desired-state.ts';
import { bankInProduction } from '../../../apps/testing/environments.ts';
import { unknownIn } from './metrics/known.ts';
import { faultsByFile, promtool } from './promtool.ts';
import { alertsIn, type RuleFile } from './rules.ts';
import { testFile } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { transactionScenarios } from './scenarios/transactions.ts';
import { nameOf, written, writtenAlert } from './written.ts';

/** Namespaces that an environment with transactions has beside those of any other. */
const OWN = [
  ...['redis', 'mongodb', 'inject', 'process', 'journal', 'query'],
  ...['transaction-load', 'transactions-index'],
];
/** Groups of alerts that hold while Redis is down: its own, and those of what works without it. */
const WITHOUT_REDIS = [
  ...['redis', 'mongodb-exporter', 'elasticsearch-exporter', 'transaction-load', 'transactions-content'],
  ...['redis-backup', 'mongodb-backup'],
];

const { backups } = bankInProduction.transactions;
const wanted = {
  ...bank,
  redis: { ...bank.redis, backups },
  transactions: { ...bank.transactions, backups },
};

const files = [...render([wanted], withTransactions)].flatMap(([path, text]): RuleFile[] => {
  if (!path.includes('/prometheusrule-')) return [];
  const { metadata, spec }: IPrometheusRule = parse(text);
  const namespace = metadata?.namespace ?? '';
  return OWN.includes(namespace)
    ? [{ path, environment: bank.name, namespace, groups: spec?.groups ?? [] }]
    : [];
});
const alerts = files.flatMap(alertsIn);
const all = { ...scenarios, ...transactionScenarios };

describe('the alerts of an environment with transactions', () => {
  const tests = alerts.flatMap((rule) => {
    const scenario = all[rule.name]?.(rule);
    if (scenario === undefined) return [];
    const test = testFile(rule, scenario, writtenAlert(rule));
    return [{ ...rule, path: written(`${nameOf(rule.file)}-${rule.name}`, test) }];
  });
  let faults: ReadonlyMap<string, string> = new Map();

  beforeAll(async () => {
    faults = faultsByFile((await promtool('test', 'rules', ...tests.map(({ path }) => path))).text);
  });

  it('have a scenario each, and every scenario an alert', () => {
    expect(alerts.map(({ name }) => name).filter((name) => all[name] === undefined)).toEqual([]);
    const own = new Set(alerts.map(({ name }) => name).filter((name) => scenarios[name] === undefined));
    expect(Object.keys(transactionScenarios).sort()).toEqual([...own].sort());
  });

  it('have one for each state of a worker that is silent otherwise', () => {
    for (const namespace of ['process', 'journal']) {
      const names = alerts.filter(({ file }) => file.namespace === namespace).map(({ name }) => name);
      expect(names.sort()).toEqual([
        ...['BacklogOlderThanObjective', 'BacklogStandsStill', 'ConsumersRestart', 'DeliveriesUnacked'],
        ...['JobsNotConsumed', 'RetriesPileUp', 'WaitBudgetBurnsFast', 'WaitBudgetBurnsSlowly'],
      ]);
    }
  });

  it.each([
    ['process', 5 * 100],
    ['journal', 5 * 200],
  ])('let all pods of %s hold a batch each', (namespace, most) => {
    const unacked = alerts.find(
      ({ name, file }) => name === 'DeliveriesUnacked' && file.namespace === namespace,
    );
    expect(unacked?.expr).toMatch(new RegExp(` > ${most}$`));
  });

  it('are silent while Redis is down, but for its own', () => {
    for (const { group, name, labels } of alerts)
      expect(labels.depends_on, name).toBe(WITHOUT_REDIS.includes(group.name) ? undefined : 'redis');
    const routed = { ...bank, alerting: {} };
    expect(alertmanagerFiles(routed, { scaled: [] }).config.inhibit_rules).toContainEqual({
      source_matchers: ['alertname="RedisDown"'],
      target_matchers: ['depends_on="redis"'],
    });
  });

  it.each(tests)('$file.namespace: $name fires when it is wrong, not before, and resolves', ({ path }) => {
    expect(faults.get(path)).toBe('');
  });

  it.each(alerts)('$file.namespace: $name asks for metrics and labels that exist', ({ expr }) => {
    expect(unknownIn(expr)).toEqual([]);
  });
});
