import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf, selectorOf, workloadLabels } from './labels.ts';
import {
  checkContainer,
  type EnvValue,
  type FileMount,
  HTTP_PORT,
  HTTP_PORT_NAME,
  type ProbePaths,
  pod,
  type Resources,
  type ScratchVolume,
  ServiceAccount,
  serviceContainer,
  spreadEvenly,
} from './pod.ts';
import { probesOf } from './probes.ts';

interface HttpServiceProps extends Identity {
  /** The Service's own name. @default the workload's */
  readonly serviceName?: string;
}

/** Leads to the one port that every service of this repository answers on. */
export class HttpService extends Construct {
  constructor(scope: Construct, id: string, props: HttpServiceProps) {
    super(scope, id);
    new k8s.KubeService(this, 'service', {
      metadata: metadataOf(props, props.serviceName),
      spec: {
        selector: selectorOf(props),
        ports: [
          { name: HTTP_PORT_NAME, port: HTTP_PORT, targetPort: k8s.IntOrString.fromString(HTTP_PORT_NAME) },
        ],
      },
    });
  }
}

/** The exit code of a service here for a bad configuration: another try would have the same one. */
const BAD_CONFIGURATION = 2;

/** A bad configuration fails the Job at once; a pod that a drain or a preemption ended is no failed try. */
export const failurePolicy = (containerName: string): k8s.PodFailurePolicy => ({
  rules: [
    {
      action: 'FailJob',
      onExitCodes: { containerName, operator: 'In', values: [BAD_CONFIGURATION] },
      onPodConditions: [],
    },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  ],
});

/** A worker's Deployment: its container, its probes, and how long it may take to stop. */
export interface WorkerProps extends Identity, ProbePaths {
  /** The image that runs, pinned: of any language. */
  readonly image: string;
  /** In place of the image's entrypoint. @default the image's own */
  readonly command?: readonly string[];
  /** In place of the image's arguments. @default the image's own */
  readonly args?: readonly string[];
  /** The environment variables of the container. @default nothing */
  readonly environment?: Readonly<Record<string, EnvValue>>;
  /** Secrets and ConfigMaps as files. @default none */
  readonly mounts?: readonly FileMount[];
  /** Directories that it may write to: its root file system is read-only. @default none */
  readonly scratch?: readonly ScratchVolume[];
  /** Whether it answers its probes and /metrics on a port. @default true */
  readonly http?: boolean;
  /** That port. @default 8080 */
  readonly port?: number;
  /** Annotations of its ServiceAccount, such as a role of the cloud. @default none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** Seconds the process gives the jobs in flight after SIGTERM. */
  readonly stopDeadlineSeconds: number;
  /** Seconds from SIGTERM to SIGKILL. @default stopDeadlineSeconds + 5 */
  readonly terminationGracePeriodSeconds?: number;
  /** Unacknowledged jobs one pod holds at a time. @default 1 */
  readonly prefetch?: number;
  /** Seconds the longest job takes; a pod that is stopped finishes the jobs it holds. */
  readonly longestJobSeconds: number;
  /** The PriorityClass of its pods. */
  readonly priorityClassName: string;
  /** Faults that the caller found in the props: reported with the rest. @default none */
  readonly faults?: readonly string[];
  /** What one pod asks for and may use. @default 20m CPU, 128Mi */
  readonly resources?: Resources;
}

/** Seconds between the process's own deadline and the kill: to close its channel and flush its log. */
const CLOSING_SECONDS = 5;

/**
 * Pods that take jobs from somewhere, with a Service for their metrics where they have any.
 *
 * The Deployment has no `spec.replicas`: the scaler owns the count, and a manifest that also named one
 * would fight it at every sync.
 *
 * @throws {ChartError} with every fault of the props
 */
export class Worker extends Construct {
  constructor(scope: Construct, id: string, props: WorkerProps) {
    super(scope, id);
    check(props);
    new ServiceAccount(this, 'identity', { ...props, annotations: props.serviceAccountAnnotations });
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { ...metadataOf(props), labels: workloadLabels(props, props.image) },
      spec: {
        revisionHistoryLimit: 3,
        selector: { matchLabels: selectorOf(props) },
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: {
            maxSurge: k8s.IntOrString.fromString('25%'),
            maxUnavailable: k8s.IntOrString.fromString('25%'),
          },
        },
        template: template(props),
      },
    });
    if (props.http ?? true) new HttpService(this, 'http', props);
  }
}

const graceOf = ({ terminationGracePeriodSeconds, stopDeadlineSeconds }: WorkerProps): number =>
  terminationGracePeriodSeconds ?? stopDeadlineSeconds + CLOSING_SECONDS;

function check(props: WorkerProps): void {
  const { prefetch = 1, longestJobSeconds, stopDeadlineSeconds } = props;
  const inHandSeconds = prefetch * longestJobSeconds;
  const checks = new Checks(`Worker '${props.name}'`)
    .dnsLabel('name', props.name)
    .dnsLabel('namespace', props.namespace)
    .pinnedImage('image', props.image)
    .wholeNumber('prefetch', prefetch, 1)
    .that(
      stopDeadlineSeconds >= inHandSeconds,
      `'stopDeadlineSeconds' (${stopDeadlineSeconds}) must be at least 'prefetch' (${prefetch}) x 'longestJobSeconds' (${longestJobSeconds})`,
    )
    .that(
      graceOf(props) > stopDeadlineSeconds,
      `'terminationGracePeriodSeconds' (${graceOf(props)}) must exceed 'stopDeadlineSeconds' (${stopDeadlineSeconds})`,
    );
  for (const fault of props.faults ?? []) checks.that(false, fault);
  checkContainer(checks, props);
  checks.done();
}

function template(props: WorkerProps): k8s.PodTemplateSpec {
  const { mounts = [], scratch = [], http = true } = props;
  const { metadata, spec } = pod({ ...props, labels: workloadLabels(props, props.image), mounts, scratch });
  return {
    metadata,
    spec: {
      ...spec,
      terminationGracePeriodSeconds: graceOf(props),
      topologySpreadConstraints: spreadEvenly(props),
      containers: [
        {
          ...serviceContainer({
            ...props,
            ...{ http, mounts, scratch },
            environment: props.environment ?? {},
            resources: props.resources ?? { cpu: '20m', memory: '128Mi' },
          }),
          ...(http && probesOf(props)),
        },
      ],
    },
  };
}
