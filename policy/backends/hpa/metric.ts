import { begunWithin } from '../../bounds.ts';
import { baseOf } from '../../decide/decide.ts';
import type { BasePolicy, Policy } from '../../policy.ts';
import { approximate, exact, type Fidelity, refused } from '../fidelity.ts';
import type { PrometheusSource } from '../scaler/file.ts';

/** A metric name with or without matchers: what a Prometheus has stored, nothing calculated. */
const SELECTOR = /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^{}]*\})?$/;

/** Whether a query is one series selector: what Prometheus has stored, nothing calculated. */
export const isSelector = (query: string): boolean => SELECTOR.test(query);

/** Whether every query is a stored series: only then can its age be asked, and its past. */
export const isPlain = ({ readyQuery, unackedQuery }: PrometheusSource): boolean =>
  isSelector(readyQuery) && (unackedQuery === undefined || isSelector(unackedQuery));

/**
 * PromQL for the work of a queue. It is empty as soon as a sample is older than the limit, where Prometheus
 * itself would repeat it for 5 minutes: no answer keeps a count, a stale one changes it.
 */
export function workQuery(source: PrometheusSource, staleAfterSeconds: number): string {
  const counted = (query: string): string =>
    isSelector(query) ? fresh(query, staleAfterSeconds) : `(${query})`;
  return queriesOf(source).map(counted).join(' + ');
}

/** The queries of a source whose results are added up. */
export const queriesOf = ({ readyQuery, unackedQuery }: PrometheusSource): readonly string[] =>
  unackedQuery === undefined ? [readyQuery] : [readyQuery, unackedQuery];

const fresh = (selector: string, seconds: number): string =>
  `sum(${selector} and time() - timestamp(${selector}) <= ${seconds})`;

/** Messages one replica is meant to have; what counts no messages by replica, or measures how many, has none. */
export function messagesPerReplica(policy: BasePolicy): number | undefined {
  if (policy.kind === 'proportional') return policy.perReplica;
  if (policy.kind !== 'drain' || policy.meanServiceSeconds === undefined) return undefined;
  // (300 s - 10 s) / 2 s a job = 145 jobs that one replica finishes in time; one more may begin in it.
  const left = policy.sloSeconds - policy.podStartSeconds;
  const { meanServiceSeconds } = policy;
  return policy.sloOf === 'wait' ? begunWithin(left, meanServiceSeconds) : left / meanServiceSeconds;
}

/** Kubernetes quantities end at a thousandth. */
export const thousandths = (value: number): number => Math.round(value * 1000);

/** 145 -> '145', 96.667 -> '96667m': the form the API server returns, so that no sync sees a difference. */
export function quantity(value: number): string {
  const milli = thousandths(value);
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

/** How an HPA, Sluice's or KEDA's, represents the policy's number of messages per replica. */
export function countVerdict(policy: Policy, tolerance: boolean): Fidelity {
  const wanted = messagesPerReplica(baseOf(policy)) ?? Number.NaN;
  const milli = thousandths(wanted);
  if (milli < 1)
    return refused(
      `An HPA counts in thousandths of a message, and ${wanted} messages a replica are fewer; choose the own scaler.`,
    );
  if (!Number.isSafeInteger(milli))
    return refused(`${wanted} messages a replica are more than an HPA can count; choose the own scaler.`);
  if (!tolerance) return TOLERANT;
  if (Math.abs(wanted * 1000 - milli) > milli * 1e-9)
    return approximate(
      `An HPA counts in thousandths of a message: ${wanted} messages a replica become ${milli / 1000}.`,
    );
  return FORMULA;
}

const TOLERANT = approximate(
  'The HPA keeps a count that is within 10 % of the wanted one (its tolerance; 0 can be set from Kubernetes 1.35 on): at 20 replicas, 22 wanted stay 20.',
);

const FORMULA = exact(
  'ceil(messages / averageValue) is the formula of the policy, and with a tolerance of 0 every change counts.',
);
