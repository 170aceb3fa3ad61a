import { k8s } from 'cdk8s-plus-27';
import { HTTP_PORT_NAME, type ProbePaths } from './pod.ts';

/**
 * How often a container is asked whether it has started, within 10 minutes: many that start at once on a busy node take
 * minutes. One that is ended before it has started takes its CPU once more, from all others, and none ever starts.
 */
export const startsWithin = (periodSeconds: number) => ({
  ...{ periodSeconds, failureThreshold: 600 / periodSeconds },
});

/**
 * Alive while the event loop turns: a process that is only busy, or has a busy node, gets two minutes to answer. The
 * kernel would take connections for one that is frozen as well. Ready is another matter: that is asked every 5 s.
 */
export const probesOf = ({ livePath = '/livez', readyPath = '/readyz' }: ProbePaths) => ({
  startupProbe: { httpGet: http(livePath), ...startsWithin(1), timeoutSeconds: 2 },
  livenessProbe: { httpGet: http(livePath), periodSeconds: 10, failureThreshold: 12, timeoutSeconds: 10 },
  readinessProbe: { httpGet: http(readyPath), periodSeconds: 5, failureThreshold: 2, timeoutSeconds: 2 },
});

/** The probes of a service of this repository. */
export const serviceProbes = probesOf({});

function http(path: string): k8s.HttpGetAction {
  return { path, port: k8s.IntOrString.fromString(HTTP_PORT_NAME) };
}
