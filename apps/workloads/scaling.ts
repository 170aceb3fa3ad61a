import { baseOf, type DeploymentTarget, type Policy, type PrometheusSource } from '@sluice/policy';
import type { Identity } from '../../charts/labels.ts';
import { Peers } from '../../charts/network-policy.ts';
import { compiledHpa, type Scaled, type ScalerKind } from '../../charts/scaling.ts';
import type { Environment } from '../../environments/environment.ts';
import { brokerQueues } from '../../packages/contracts/metrics/broker.ts';
import { series } from '../../packages/contracts/metrics/metric.ts';
import type { Contribution } from '../application.ts';
import { brokerEndpoint, brokerSource } from '../platform/broker-endpoint.ts';
import { broker, PROMETHEUS } from '../platform/identities.ts';

/** A queue worker, as far as its scaling goes. */
export interface ScalingWish {
  readonly self: Identity;
  /** Its name for scalers, in metrics and in messages. */
  readonly name: string;
  /** The queue that it takes from. */
  readonly queue: string;
  readonly policy: Policy;
  readonly scaler: ScalerKind;
}

/** Where the operator of the addon keda runs. */
const KEDA = 'keda';
const KEDA_POLL_SECONDS = 5;
/** The Secret with the password of KEDA's user at the broker. */
const KEDA_SECRET = 'keda-credentials';

/** Who owns the replica count of a worker, and what that one reads the queue by. */
export function scaledOf(wish: ScalingWish, environment: Environment): Scaled {
  const { self, name, queue, policy, scaler } = wish;
  const target: DeploymentTarget = { kind: 'deployment', namespace: self.namespace, name: self.name };
  if (scaler === 'own')
    return { scaler, workload: { name, source: brokerSource(environment, queue), target, policy } };
  if (scaler === 'hpa')
    return { scaler, workload: { name, source: scrapedSource(queue, environment), target, policy } };
  const cluster = { pollSeconds: KEDA_POLL_SECONDS, credentials: KEDA_SECRET };
  return { scaler, workload: { name, source: kedaSource(wish, environment), target, policy }, cluster };
}

/** What an environment must have for that choice. */
export function scalingNeeds(wish: ScalingWish, environment: Environment): Contribution {
  const scaled = scaledOf(wish, environment);
  if (scaled.scaler === 'hpa')
    return { scaled: [scaled], adapterRules: compiledHpa(scaled, environment).adapterRules };
  const { source } = scaled.workload;
  if (scaled.scaler === 'own' || source.kind !== 'management') return { scaled: [scaled] };
  const { username } = source;
  return {
    scaled: [scaled],
    connections: [
      { from: Peers.everyPod(KEDA), to: broker, port: brokerEndpoint(environment).ports.management },
    ],
    // It looks at counts and touches no queue.
    brokerUsers: [{ name: username, monitors: true }],
    secrets: [{ owner: wish.self, secretName: KEDA_SECRET, keys: { password: username } }],
  };
}

/** What Prometheus has scraped of the broker. */
function scrapedSource(queue: string, { broker: kind }: Environment): PrometheusSource {
  const { ready, unacked } = brokerQueues(kind);
  const labels = { namespace: broker.namespace, queue };
  return {
    kind: 'prometheus',
    url: `${PROMETHEUS.url}:${PROMETHEUS.port}`,
    readyQuery: series(ready, labels),
    unackedQuery: series(unacked, labels),
  };
}

/**
 * The broker itself, by a user of its own; only a Prometheus remembers for a latch, and a timetable reads nothing.
 * KEDA's operator believes public authorities alone, so that over TLS it too reads what Prometheus has scraped.
 */
function kedaSource({ self, queue, policy }: ScalingWish, environment: Environment) {
  const { kind } = baseOf(policy);
  if (kind === 'constant') return { kind: 'clock' } as const;
  if (kind === 'latch' || environment.brokerTls !== undefined) return scrapedSource(queue, environment);
  return { ...brokerSource(environment, queue), username: `${self.name}-keda` };
}
