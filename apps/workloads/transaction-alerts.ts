import type { Alert, Severity } from '../../charts/alerts.ts';
import { type inject, query } from '../../packages/contracts/metrics/catalogue.ts';
import { series } from '../../packages/contracts/metrics/metric.ts';

/** The share of requests that may be answered with 503. */
const UNAVAILABLE_SHARE = 0.05;

/** What inject and query count of what they answer, by its outcome. */
type Answers = typeof inject.transactions | typeof query.requests;

/** A service of transactions that none of its pods answers for, and one that answers that a store is away. */
export function serviceAlerts(name: string, answers: Answers, severity: Severity): readonly Alert[] {
  const rate = (selected: string): string => `sum by (namespace) (rate(${selected}[5m]))`;
  const unavailable = rate(series(answers, { namespace: name, outcome: 'unavailable' }));
  return [
    {
      name: 'NoReplicaAvailable',
      severity,
      expr: `kube_deployment_status_replicas_available{namespace="${name}",deployment="${name}"} == 0`,
      for: '2m',
      summary: 'No pod of {{ $labels.deployment }} is ready.',
      description:
        'Its Service has no address: clients are refused, and no request is counted. The log of the pods says why they are unready.',
      labels: { workload: name },
    },
    {
      name: 'RequestsUnavailable',
      severity,
      expr: `${unavailable} / ${rate(series(answers, { namespace: name }))} > ${UNAVAILABLE_SHARE}`,
      for: '5m',
      summary: `{{ $value | humanizePercentage }} of what clients ask of ${name} is answered with 503.`,
      description:
        'A store is away, full or slow. Clients that repeat a request with the same key lose nothing.',
      labels: { workload: name },
    },
  ];
}

/** Seconds after its acceptance at which a transaction must be found. */
const INDEX_LAG_SECONDS = 300;

/** A search that does not find what was accepted long ago. */
export const indexBehind: Alert = {
  name: 'IndexBehind',
  severity: 'warning',
  expr: `max by (namespace) (${series(query.indexLag, { namespace: 'query' })}) > ${INDEX_LAG_SECONDS}`,
  for: '5m',
  summary: 'Searches lack what was accepted in the last {{ $value | humanizeDuration }}.',
  description: `Transactions are meant to be found within ${INDEX_LAG_SECONDS} s. Look at the backlog of journal, and at whether Elasticsearch takes writes.`,
  labels: { workload: 'query' },
};
