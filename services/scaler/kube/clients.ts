import {
  AppsV1Api,
  AutoscalingV2Api,
  CoordinationV1Api,
  EventsV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1Lease,
  V1MicroTime,
} from '@kubernetes/client-node';
import { boundedRequest, clusterConfig } from '@sluice/runtime/kube';
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
export function connectKubernetes(instance: string, config = clusterConfig()): KubeApis {
  const apps = config.makeApiClient(AppsV1Api);
  const coordination = config.makeApiClient(CoordinationV1Api);
  return {
    scales: {
      readScale: async (target, signal) =>
        checkAnswer(scaleAnswer, await apps.readNamespacedDeploymentScale(target, asked(signal)), target),
      replaceScale: async (target, body, signal) =>
        checkAnswer(
          scaleAnswer,
          await apps.replaceNamespacedDeploymentScale({ ...target, body: scaleBody(body) }, asked(signal)),
          target,
        ),
    },
    autoscalers: autoscalerApi(config.makeApiClient(AutoscalingV2Api)),
    leases: (lease) => leaseApi(coordination, lease),
    events: eventApi(config.makeApiClient(EventsV1Api), instance),
  };
}

const autoscalerApi = (autoscaling: AutoscalingV2Api): AutoscalerApiLike => ({
  readAutoscaler: async (target, signal) =>
    checkAnswer(
      autoscalerAnswer,
      await autoscaling.readNamespacedHorizontalPodAutoscaler(target, asked(signal)),
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
    readLease: (signal) => checked(coordination.readNamespacedLease(named, asked(signal))),
    createLease: (body, signal) =>
      checked(coordination.createNamespacedLease({ namespace, body: leaseBody(body) }, asked(signal))),
    replaceLease: (body, signal) =>
      checked(coordination.replaceNamespacedLease({ ...named, body: leaseBody(body) }, asked(signal))),
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
      const answer = await events.createNamespacedEvent({ namespace, body }, asked(signal));
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

const asked = (signal: AbortSignal) =>
  boundedRequest({ userAgent: 'sluice-scaler', maxBytes: MAX_ANSWER_BYTES }, signal);

const mergePatch = (signal: AbortSignal) =>
  setHeaderOptions('Content-Type', PatchStrategy.MergePatch, asked(signal));
