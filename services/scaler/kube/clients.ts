import {
  AppsV1Api,
  AutoscalingV2Api,
  CoordinationV1Api,
  EventsV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderMiddleware,
  setHeaderOptions,
  type V1Lease,
  V1MicroTime,
} from '@kubernetes/client-node';
import { boundedBytes, refuseRedirects } from '@sluice/runtime';
import type { LeaseApiLike, LeaseLike, LeaseName } from '../lease/kube-lease.ts';
import type { EventApiLike, Notice } from '../report/events.ts';
import type { AutoscalerApiLike, ScaleApiLike } from '../targets/kubernetes.ts';
import {
  autoscalerAnswer,
  checkAnswer,
  eventAnswer,
  leaseAnswer,
  MAX_ANSWER_BYTES,
  scaleAnswer,
} from './answers.ts';

/** What the scaler asks of Kubernetes. */
export interface KubeApis {
  readonly scales: ScaleApiLike;
  readonly autoscalers: AutoscalerApiLike;
  readonly leases: (lease: LeaseName) => LeaseApiLike;
  readonly events: EventApiLike;
}

const EVENT_TIMEOUT_MS = 4000;
const CONTROLLER = 'sluice.dev/scaler';

/** In the cluster: the pod's ServiceAccount; elsewhere KUBECONFIG. `instance` signs the Events. */
export function connectKubernetes(instance: string, config = defaultConfig()): KubeApis {
  const apps = config.makeApiClient(AppsV1Api);
  const coordination = config.makeApiClient(CoordinationV1Api);
  return {
    scales: {
      readScale: async (target, signal) =>
        checkAnswer(scaleAnswer, await apps.readNamespacedDeploymentScale(target, abortable(signal)), target),
      replaceScale: async (target, body, signal) =>
        checkAnswer(
          scaleAnswer,
          await apps.replaceNamespacedDeploymentScale(
            { ...target, body: scaleBody(body) },
            abortable(signal),
          ),
          target,
        ),
    },
    autoscalers: autoscalerApi(config.makeApiClient(AutoscalingV2Api)),
    leases: (lease) => leaseApi(coordination, lease),
    events: eventApi(config.makeApiClient(EventsV1Api), instance),
  };
}

function defaultConfig(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromDefault();
  return config;
}

const autoscalerApi = (autoscaling: AutoscalingV2Api): AutoscalerApiLike => ({
  readAutoscaler: async (target, signal) =>
    checkAnswer(
      autoscalerAnswer,
      await autoscaling.readNamespacedHorizontalPodAutoscaler(target, abortable(signal)),
      target,
    ),
  patchAutoscaler: async (target, body, signal) =>
    checkAnswer(
      autoscalerAnswer,
      await autoscaling.patchNamespacedHorizontalPodAutoscaler({ ...target, body }, mergePatch(signal)),
      target,
    ),
});

function leaseApi(coordination: CoordinationV1Api, { name, namespace }: LeaseName): LeaseApiLike {
  const named = { name, namespace };
  const checked = async (answer: Promise<V1Lease>) => checkAnswer(leaseAnswer, await answer, named);
  return {
    readLease: (signal) => checked(coordination.readNamespacedLease(named, abortable(signal))),
    createLease: (body, signal) =>
      checked(coordination.createNamespacedLease({ namespace, body: leaseBody(body) }, abortable(signal))),
    replaceLease: (body, signal) =>
      checked(coordination.replaceNamespacedLease({ ...named, body: leaseBody(body) }, abortable(signal))),
  };
}

const REGARDED = {
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  hpa: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
} as const satisfies Record<Notice['regarding']['kind'], object>;

function eventApi(events: EventsV1Api, instance: string): EventApiLike {
  return {
    createEvent: async ({ regarding: { kind, ...object }, eventName, at, type, reason, action, note }) => {
      const regarding = { ...REGARDED[kind], ...object };
      const { namespace } = object;
      const body = {
        metadata: { name: eventName, namespace },
        eventTime: new V1MicroTime(at),
        reportingController: CONTROLLER,
        reportingInstance: instance.slice(0, 128),
        ...{ type, reason, action, note, regarding },
      };
      const signal = AbortSignal.timeout(EVENT_TIMEOUT_MS);
      const answer = await events.createNamespacedEvent({ namespace, body }, abortable(signal));
      checkAnswer(eventAnswer, answer, { name: eventName, namespace });
    },
    continueSeries: async ({ namespace, eventName }, { count, at }) => {
      const body = { series: { count, lastObservedTime: new V1MicroTime(at) } };
      const named = { name: eventName, namespace };
      const signal = AbortSignal.timeout(EVENT_TIMEOUT_MS);
      const answer = await events.patchNamespacedEvent({ ...named, body }, mergePatch(signal));
      checkAnswer(eventAnswer, answer, named);
    },
  };
}

const scaleBody = (scale: Parameters<ScaleApiLike['replaceScale']>[1]) => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  ...scale,
});

function leaseBody({ metadata, spec = {} }: LeaseLike): V1Lease {
  const { acquireTime, renewTime, ...rest } = spec;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    ...(metadata !== undefined && { metadata }),
    spec: {
      ...rest,
      ...(acquireTime !== undefined && { acquireTime: new V1MicroTime(acquireTime) }),
      ...(renewTime !== undefined && { renewTime: new V1MicroTime(renewTime) }),
    },
  };
}

/** The generated client takes a signal, a bound of the answer and what becomes of redirects only from a middleware. */
function abortable(signal: AbortSignal) {
  const { pre, post } = setHeaderMiddleware('User-Agent', 'sluice-scaler');
  const withSignal: typeof pre = (request) => {
    request.setSignal(signal);
    const dispatcher = request.getDispatcher();
    if (dispatcher !== undefined) request.setDispatcher(dispatcher.compose(refuseRedirects));
    return pre(request);
  };
  const bounded: typeof post = (response) => {
    const { body } = response;
    const binary = (): Promise<Buffer> => boundedBytes(body.stream(), MAX_ANSWER_BYTES);
    response.body = { binary, text: async () => (await binary()).toString('utf8'), stream: () => null };
    return post(response);
  };
  return { middleware: [{ pre: withSignal, post: bounded }], middlewareMergeStrategy: 'append' as const };
}

const mergePatch = (signal: AbortSignal) =>
  setHeaderOptions('Content-Type', PatchStrategy.MergePatch, abortable(signal));
