/**
 * The alerts that this repository ships, as environments of the tests have them: with everything that an environment
 * may have. Those of dist/ may be fewer, where an environment has less, and more, where its owner wrote some.
 */
import { parse } from 'yaml';
import { bank, local, production, render, withTransactions } from '../../../apps/testing/desired-state.ts';
import { bankInProduction } from '../../../apps/testing/environments.ts';
import type { Environment } from '../../../environments/environment.ts';
import { alertsIn, type RuleFile, ruleFileOf } from './rules.ts';

const reports: Environment = {
  ...production,
  logReports: { store: 'loki', rawBucket: 'log-windows', reportBucket: 'log-reports' },
};

const { backups } = bankInProduction.transactions;
const transactions: Environment = {
  ...bank,
  redis: { ...bank.redis, backups },
  transactions: { ...bank.transactions, backups },
};

const rulesIn = (wanted: readonly Environment[]): readonly RuleFile[] =>
  [...render(wanted, withTransactions)].flatMap(([path, text]) =>
    path.includes('/prometheusrule-') ? ruleFileOf(path, parse(text)) : [],
  );

const namesIn = (files: readonly RuleFile[]): ReadonlySet<string> =>
  new Set(files.flatMap(alertsIn).map(({ name }) => name));

const [common, ofTransactions] = [rulesIn([local, reports]), rulesIn([transactions])];

/** Every PrometheusRule that is shipped. */
export const shippedRules: readonly RuleFile[] = [...common, ...ofTransactions];

/** Names of the alerts of environments without transactions. */
export const shippedAlerts: ReadonlySet<string> = namesIn(common);

/** Names of the alerts of an environment with transactions. */
export const transactionAlerts: ReadonlySet<string> = namesIn(ofTransactions);
