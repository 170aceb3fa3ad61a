import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf, workloadLabels } from './labels.ts';
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
import { failurePolicy } from './worker.ts';

/** A CronJob: its image, its schedule and its deadline. */
export interface ScheduledJobProps extends Identity {
  /** The image that runs, pinned. */
  readonly image: string;
  /** Minutes between two runs; must divide an hour, so that they are even. */
  readonly everyMinutes: number;
  /** Minutes after the start of a period at which a run is due. @default 0 */
  readonly offsetMinutes?: number;
  /** In place of the image's entrypoint. @default the image's own */
  readonly command?: readonly string[];
  /** In place of the image's arguments. @default the image's own */
  readonly args?: readonly string[];
  /** The environment variables of the container. */
  readonly environment: Readonly<Record<string, EnvValue>>;
  /** Secrets and ConfigMaps as files. @default none */
  readonly mounts?: readonly FileMount[];
  /** Directories that it may write to: its root file system is read-only. @default none */
  readonly scratch?: readonly ScratchVolume[];
  /** Volumes that it shares with other pods. @default none */
  readonly claims?: readonly ClaimedVolume[];
  /** Whether it talks to the API server. @default false */
  readonly apiToken?: boolean;
  /** Annotations of its ServiceAccount, such as a role of the cloud. @default none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** Whether it answers on the HTTP port while it runs. @default true */
  readonly http?: boolean;
  /** That port. @default 8080 */
  readonly port?: number;
  /** Seconds in which the container itself gives up. */
  readonly deadlineSeconds: number;
  /** Tries after the first failed one. @default 3 */
  readonly retries?: number;
  /** Seconds that a run may start late and still start. @default half the time between two runs */
  readonly startingDeadlineSeconds?: number;
  /** Seconds after which a finished run is removed. @default 3600 */
  readonly keepSeconds?: number;
  readonly priorityClassName: string;
  /** What the pod asks for and may use. @default 50m CPU, 128Mi */
  readonly resources?: Resources;
}

/** Between a failed pod and the next one Kubernetes waits 10 s, 20 s, 40 s ... at most 6 min. */
const backoffSeconds = (retries: number): number =>
  Array.from({ length: retries }, (_, retry) => Math.min(360, 10 * 2 ** retry)).reduce(
    (sum, wait) => sum + wait,
    0,
  );

/**
 * A run every so many minutes, never two at a time.
 *
 * All its tries end before the next run is due, because Forbid would skip that one:
 * 4 x 120 s + (10 + 20 + 40) s = 550 s < 600 s.
 *
 * @throws {ChartError} with every fault of the props
 */
export class ScheduledJob extends Construct {
  constructor(scope: Construct, id: string, props: ScheduledJobProps) {
    super(scope, id);
    const filled = withDefaults(props);
    check(filled);
    new ServiceAccount(this, 'identity', { ...props, annotations: props.serviceAccountAnnotations });
    new k8s.KubeCronJob(this, 'cron-job', {
      metadata: { ...metadataOf(props), labels: workloadLabels(props, props.image) },
      spec: {
        schedule: scheduleOf(filled),
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: filled.startingDeadlineSeconds,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: { metadata: { labels: workloadLabels(props, props.image) }, spec: jobSpec(filled) },
      },
    });
  }
}

/** '2-59/10 * * * *': every 10 minutes, 2 minutes after each is full. */
function scheduleOf({ everyMinutes, offsetMinutes }: Filled): string {
  if (everyMinutes === 60) return `${offsetMinutes} * * * *`;
  return `${offsetMinutes === 0 ? '*' : `${offsetMinutes}-59`}/${everyMinutes} * * * *`;
}

type Filled = ScheduledJobProps & ReturnType<typeof withDefaults>;

function withDefaults(props: ScheduledJobProps) {
  return {
    retries: 3,
    offsetMinutes: 0,
    startingDeadlineSeconds: props.everyMinutes * 30,
    keepSeconds: 3600,
    resources: { cpu: '50m', memory: '128Mi' },
    ...props,
  };
}

const activeDeadlineSeconds = ({ deadlineSeconds, retries }: Filled): number =>
  deadlineSeconds * (retries + 1) + backoffSeconds(retries);

function check(props: Filled): void {
  const { everyMinutes, deadlineSeconds, retries } = props;
  const active = activeDeadlineSeconds(props);
  const checks = new Checks(`ScheduledJob '${props.name}'`)
    .dnsLabel('name', props.name)
    .that(
      props.name.length <= 52,
      `'name' (${props.name}) must be at most 52 characters: its Jobs' names are longer`,
    )
    .dnsLabel('namespace', props.namespace)
    .pinnedImage('image', props.image)
    .wholeNumber('everyMinutes', everyMinutes, 1)
    .that(60 % everyMinutes === 0, `'everyMinutes' (${everyMinutes}) must divide 60`)
    .wholeNumber('offsetMinutes', props.offsetMinutes, 0)
    .that(
      props.offsetMinutes < everyMinutes,
      `'offsetMinutes' (${props.offsetMinutes}) must be less than 'everyMinutes' (${everyMinutes})`,
    )
    .wholeNumber('deadlineSeconds', deadlineSeconds, 1)
    .wholeNumber('retries', retries, 0)
    .that(
      active < everyMinutes * 60,
      `'deadlineSeconds' (${deadlineSeconds}) with 'retries' (${retries}) takes up to ${active} s and must end before the next run ('everyMinutes' ${everyMinutes})`,
    )
    .that(
      props.startingDeadlineSeconds >= 10,
      `'startingDeadlineSeconds' (${props.startingDeadlineSeconds}) must be at least 10: the controller looks every 10 s`,
    );
  checkContainer(checks, props);
  checks.done();
}

function jobSpec(props: Filled): k8s.JobSpec {
  const { metadata, spec } = pod({ ...props, labels: workloadLabels(props, props.image) });
  return {
    activeDeadlineSeconds: activeDeadlineSeconds(props),
    backoffLimit: props.retries,
    ttlSecondsAfterFinished: props.keepSeconds,
    podFailurePolicy: failurePolicy(props.name),
    template: {
      metadata,
      spec: {
        ...spec,
        restartPolicy: 'Never',
        containers: [serviceContainer(props)],
      },
    },
  };
}
