/**
 * The alerts that this repository ships, as environments of the tests have them: with everything that an environment
 * may have. Those of dist/ may be fewer, where an environment has less, and more, where its owner wrote some.
 */
import { bank, local, production, render, withTransactions } from '../../../apps/testing/desired-state.ts';
import type { Environment } from '../../../environments/environment.ts';

const reports: Environment = {
  ...production,
  logReports: { store: 'loki', rawBucket: 'log-windows', reportBucket: 'log-reports' },
};

const namesIn = (wanted: readonly Environment[], of = withTransactions): readonly string[] =>
  [...render(wanted, of)]
    .filter(([path]) => path.includes('/prometheusrule-'))
    .flatMap(([, text]) => [...text.matchAll(/- alert: (\w+)/g)].flatMap(([, name = '']) => name));

/** Names of the alerts of environments without transactions. */
export const shippedAlerts: ReadonlySet<string> = new Set(namesIn([local, reports]));

/** Names of the alerts of an environment with transactions. */
export const transactionAlerts: ReadonlySet<string> = new Set(namesIn([bank]));
