import type { IRolloutSpec } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/RolloutSpec';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf, selectorOf, workloadLabels } from './labels.ts';
import { type Placement, placed } from './placement.ts';
import {
  type ClaimedVolume,
  checkContainer,
  type EnvValue,
  type FileMount,
  pod,
  type Resources,
  type ScratchVolume,
  ServiceAccount,
  serviceContainer,
} from './pod.ts';
import { probesOf } from './probes.ts';
import { type Canary, canaryStrategy, checkCanary } from './release.ts';
import { HttpService } from './worker.ts';

/** A web service: its image, its page, its bounds and what scales it. */
export interface WebServiceProps extends Identity {
  /** The image that runs, pinned. */
  readonly image: string;
  /** In place of the image's entrypoint. @default the image's own */
  readonly command?: readonly string[];
  /** In place of the image's arguments. @default the image's own */
  readonly args?: readonly string[];
  /** The environment variables of the container beside the seconds of its stop. @default nothing */
  readonly environment?: Readonly<Record<string, EnvValue>>;
  /** Secrets and ConfigMaps as files. @default none */
  readonly mounts?: readonly FileMount[];
  /** Directories that it may write to: its root file system is read-only. @default none */
  readonly scratch?: readonly ScratchVolume[];
  /** Volumes that it shares with other pods. @default none */
  readonly claims?: readonly ClaimedVolume[];
  /** Annotations of its pods: where one changes, they roll. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Annotations of its ServiceAccount, such as a role of the cloud. @default none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** The port that it answers on. @default 8080 */
  readonly port?: number;
  /** A page that answers 200 while the process lives. @default '/livez' */
  readonly livePath?: string;
  /** A page that answers 200 when the service can work. */
  readonly readyPath: string;
  /** Seconds between two readiness probes; each is a request that the service counts. @default 10 */
  readonly readyEverySeconds?: number;
  /** Seconds it serves on after SIGTERM, until nothing routes to it any more. @default 5 */
  readonly drainDelaySeconds?: number;
  /** Seconds in which each answer closes its connection, after that. @default 2 */
  readonly lingerSeconds?: number;
  /** Seconds the requests in flight may take, after that. @default 15 */
  readonly stopDeadlineSeconds?: number;
  /** Seconds from SIGTERM to SIGKILL. @default the three together + 5 */
  readonly terminationGracePeriodSeconds?: number;
  /** How a new version takes over. @default pod by pod, as soon as each is ready */
  readonly canary?: Canary | undefined;
  /** The PriorityClass of its pods. */
  readonly priorityClassName: string;
  /** Where its pods go. */
  readonly placement: Placement;
  /** What one pod asks for and may use. @default 100m CPU, 192Mi */
  readonly resources?: Resources;
}

/** Seconds between the process's last deadline and the kill: to flush its log. */
const CLOSING_SECONDS = 5;

/** Versions that are kept to go back to. */
const HISTORY = 3;

/** Seconds after which a version that never becomes ready is given up. */
const PROGRESS_SECONDS = 300;

/**
 * Pods that answer requests, with the Service that leads to them: a Deployment, or the Rollout of canary releases.
 *
 * It has no `spec.replicas`: an HPA owns the count. A rollout takes no pod away before its successor is ready. There
 * is no preStop sleep: the process itself serves on for `drainDelaySeconds`.
 *
 * @throws {ChartError} with every fault of the props
 */
export class WebService extends Construct {
  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    const filled = withDefaults(props);
    check(filled);
    new ServiceAccount(this, 'identity', { ...props, annotations: props.serviceAccountAnnotations });
    if (props.canary === undefined) this.#deployment(filled);
    else this.#rollout(filled, props.canary);
    new HttpService(this, 'http', props);
  }

  #deployment(props: Filled): void {
    const rollingUpdate = {
      maxSurge: k8s.IntOrString.fromString('25%'),
      maxUnavailable: k8s.IntOrString.fromNumber(0),
    };
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: workloadMetadata(props),
      spec: {
        ...podsOf(props),
        strategy: { type: 'RollingUpdate', rollingUpdate },
        template: template(props),
      },
    });
  }

  #rollout(props: Filled, canary: Canary): void {
    const spec: Omit<IRolloutSpec, 'template'> = {
      ...podsOf(props),
      progressDeadlineSeconds: PROGRESS_SECONDS,
      progressDeadlineAbort: true,
      // What ran before is known: back to one of the last three versions goes without the steps.
      rollbackWindow: { revisions: HISTORY },
      strategy: { canary: canaryStrategy(props, canary) },
    };
    new ApiObject(this, 'rollout', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: workloadMetadata(props),
      spec: { ...spec, template: k8s.toJson_PodTemplateSpec(template(props)) },
    });
  }
}

const workloadMetadata = (props: Filled) => ({
  ...metadataOf(props),
  labels: workloadLabels(props, props.image),
});

const podsOf = (props: Filled) => ({
  revisionHistoryLimit: HISTORY,
  selector: { matchLabels: selectorOf(props) },
});

/** What has a default here. */
type Defaulted = 'readyEverySeconds' | 'resources' | 'terminationGracePeriodSeconds' | keyof Stop;
type Filled = Required<Pick<WebServiceProps, Defaulted>> & Omit<WebServiceProps, Defaulted>;

function withDefaults(props: WebServiceProps): Filled {
  const stop = {
    drainDelaySeconds: props.drainDelaySeconds ?? 5,
    lingerSeconds: props.lingerSeconds ?? 2,
    stopDeadlineSeconds: props.stopDeadlineSeconds ?? 15,
  };
  return {
    readyEverySeconds: 10,
    resources: { cpu: '100m', memory: '192Mi' },
    terminationGracePeriodSeconds: stopSeconds(stop) + CLOSING_SECONDS,
    ...props,
    ...stop,
  };
}

type Stop = Required<Pick<WebServiceProps, 'drainDelaySeconds' | 'lingerSeconds' | 'stopDeadlineSeconds'>>;

const stopSeconds = ({ drainDelaySeconds, lingerSeconds, stopDeadlineSeconds }: Stop): number =>
  drainDelaySeconds + lingerSeconds + stopDeadlineSeconds;

function check(props: Filled): void {
  const { terminationGracePeriodSeconds: grace } = props;
  const checks = new Checks(`WebService '${props.name}'`)
    .dnsLabel('name', props.name)
    .dnsLabel('namespace', props.namespace)
    .pinnedImage('image', props.image)
    .wholeNumber('readyEverySeconds', props.readyEverySeconds, 1)
    .wholeNumber('drainDelaySeconds', props.drainDelaySeconds, 0)
    .wholeNumber('lingerSeconds', props.lingerSeconds, 0)
    .wholeNumber('stopDeadlineSeconds', props.stopDeadlineSeconds, 1)
    .that(
      grace > stopSeconds(props),
      `'terminationGracePeriodSeconds' (${grace}) must exceed 'drainDelaySeconds' (${props.drainDelaySeconds}) + 'lingerSeconds' (${props.lingerSeconds}) + 'stopDeadlineSeconds' (${props.stopDeadlineSeconds}): the kill would cut requests`,
    );
  checkContainer(checks, props);
  checks.from(() => placed(props, props.placement));
  if (props.canary !== undefined) checkCanary(props.canary, checks);
  checks.done();
}

function template(props: Filled): k8s.PodTemplateSpec {
  const { metadata, spec } = pod({ ...props, labels: workloadLabels(props, props.image) });
  return {
    metadata,
    spec: {
      ...spec,
      terminationGracePeriodSeconds: props.terminationGracePeriodSeconds,
      ...placed(props, props.placement),
      containers: [
        {
          ...serviceContainer({
            ...props,
            environment: {
              ...props.environment,
              DRAIN_DELAY_SECONDS: String(props.drainDelaySeconds),
              LINGER_SECONDS: String(props.lingerSeconds),
              STOP_DEADLINE_SECONDS: String(props.stopDeadlineSeconds),
            },
          }),
          ...probes(props),
        },
      ],
    },
  };
}

function probes(props: Filled) {
  const { readinessProbe, ...others } = probesOf(props);
  return { ...others, readinessProbe: { ...readinessProbe, periodSeconds: props.readyEverySeconds } };
}
