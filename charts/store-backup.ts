import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf, selectorOf, workloadLabels } from './labels.ts';
import {
  type ClaimedVolume,
  type EnvValue,
  type FileMount,
  pod,
  type Resources,
  ServiceAccount,
  serviceContainer,
} from './pod.ts';
import { failurePolicy } from './worker.ts';

/**
 * What makes a dump of a store, and what brings one back: scripts of the shell in the image of the store itself. Their
 * variables are those of the store's clients (`REDIS_*`, `MONGODB_*`), and `BACKUP_FILE`.
 */

/** The dump of Redis: a snapshot as a replica gets it, at one instant, that the server's own checker has read. */
export const REDIS_DUMP = `set -eu
umask 077
REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE")
export REDISCLI_AUTH
valkey-cli -u "$REDIS_URL" --user "$REDIS_USERNAME" --no-auth-warning \${REDIS_CA_FILE:+--cacert "$REDIS_CA_FILE"} --rdb "$BACKUP_FILE"
valkey-check-rdb "$BACKUP_FILE"
`;

/** The password is in a file, so that no process shows it: as a text of YAML, in which a quote is doubled. */
const MONGODB_LOGIN = `set -eu
umask 077
login="$BACKUP_FILE.login"
trap 'rm -f "$login"' EXIT
: > "$login"
if [ -n "\${MONGODB_PASSWORD_FILE:-}" ]; then
  printf "password: '%s'\\n" "$(sed "s/'/''/g" "$MONGODB_PASSWORD_FILE")" > "$login"
fi
connect() {
  program=$1
  shift
  "$program" --uri="$MONGODB_URL\${MONGODB_CA_FILE:+&tlsCAFile=$MONGODB_CA_FILE}" \${MONGODB_USERNAME:+--username="$MONGODB_USERNAME"} --config="$login" --gzip --archive="$BACKUP_FILE" "$@"
}
`;

/** The dump of one database of MongoDB. Each document that was there when it began is in it. */
export const MONGODB_DUMP = `${MONGODB_LOGIN}connect mongodump --readPreference=secondaryPreferred --db="$MONGODB_DATABASE"
`;

/** Brings back what is not there: a document that is there stays as it is. Indexes are made as well. */
export const MONGODB_RESTORE = `${MONGODB_LOGIN}connect mongorestore --nsInclude="$MONGODB_DATABASE.*"
`;

/** One program of a backup or of a restore: it ends before the next one begins. */
export interface BackupStep {
  /** The container. */
  readonly name: string;
  /** The image that runs, pinned. */
  readonly image: string;
  /** A script of the shell, in place of the image's entrypoint. @default the image's own */
  readonly script?: string;
  readonly environment: Readonly<Record<string, EnvValue>>;
  /** Secrets and ConfigMaps as files. @default none */
  readonly mounts?: readonly FileMount[];
  readonly resources: Resources;
}

/** What a run does: its steps, in order, around one directory that they share. */
export interface BackupRun {
  /** The CronJob. */
  readonly name: string;
  readonly steps: readonly [BackupStep, ...BackupStep[]];
  /** Where the dump is between two steps. @default the steps share no directory of their own */
  readonly scratch?: BackupScratch;
  /** Volumes that stay. @default none */
  readonly claims?: readonly ClaimedVolume[];
  /** Pods that the run is beside, on their node: a volume of one node is mounted on that node alone. @default anywhere */
  readonly beside?: Pick<Identity, 'name'>;
  readonly deadlineSeconds: number;
}

/** The directory of the dump: on the node's disk, or on a volume that is made for the run. */
export interface BackupScratch {
  readonly path: string;
  /** Most that it may hold, for example '512Mi'. */
  readonly size: string;
  /** It is a volume of its own, of this class or of the cluster's. @default the node's disk */
  readonly volume?: { readonly storageClassName?: string | undefined };
}

/** The backups of a store: how they are made, and how one is brought back. */
export interface StoreBackupProps extends Identity {
  readonly backup: BackupRun;
  /** It runs when a person makes a Job of it, and never by itself. */
  readonly restore: BackupRun;
  /** When backups are made, UTC, in the words of cron. */
  readonly schedule: string;
  readonly priorityClassName: string;
}

const SCRATCH = 'dump';
/** A CronJob must have a schedule; a suspended one follows none. */
const NEVER = '0 0 1 1 *';
/** Tries after the first failed one. */
const RETRIES = 2;
/** Finished runs stay for a day, so that a failed night is seen in the morning. */
const KEEP_SECONDS = 86_400;

/**
 * Two CronJobs of one identity: one makes backups on a schedule, the other one is suspended and is what a person
 * makes a Job of (`kubectl create job --from=cronjob/...`), so that a restore is as reviewed as a backup.
 * @throws {ChartError} with every fault of the props
 */
export class StoreBackup extends Construct {
  constructor(scope: Construct, id: string, props: StoreBackupProps) {
    super(scope, id);
    check(props);
    const { backup, restore, schedule } = props;
    new ServiceAccount(this, 'identity', props);
    new k8s.KubeCronJob(this, 'backup', cronJob(props, backup, { schedule }));
    new k8s.KubeCronJob(this, 'restore', cronJob(props, restore, { schedule: NEVER, suspend: true }));
  }
}

function cronJob(
  props: StoreBackupProps,
  run: BackupRun,
  when: Pick<k8s.CronJobSpec, 'schedule' | 'suspend'>,
): k8s.KubeCronJobProps {
  const labels = workloadLabels(props, lastOf(run).image);
  return {
    metadata: { ...metadataOf({ ...props, name: run.name }), labels },
    spec: {
      ...when,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 600,
      ...{ successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 3 },
      jobTemplate: { metadata: { labels }, spec: jobSpec(props, run) },
    },
  };
}

const lastOf = ({ steps }: BackupRun): BackupStep => steps.at(-1) ?? steps[0];

function jobSpec(props: StoreBackupProps, run: BackupRun): k8s.JobSpec {
  const { claims = [], scratch, beside, deadlineSeconds } = run;
  const { metadata, spec } = pod({
    ...{ name: props.name, priorityClassName: props.priorityClassName, claims },
    labels: workloadLabels(props, lastOf(run).image),
    mounts: distinct(run.steps.flatMap(({ mounts = [] }) => mounts)),
  });
  const containers = run.steps.map((step) => container(step, run));
  return {
    ...{ activeDeadlineSeconds: deadlineSeconds, backoffLimit: RETRIES },
    ttlSecondsAfterFinished: KEEP_SECONDS,
    podFailurePolicy: failurePolicy(lastOf(run).name),
    template: {
      metadata,
      spec: {
        ...spec,
        volumes: [...(spec.volumes ?? []), ...(scratch === undefined ? [] : [volumeOf(scratch)])],
        ...(beside !== undefined && { affinity: besideOf(beside) }),
        restartPolicy: 'Never',
        ...(containers.length > 1 && { initContainers: containers.slice(0, -1) }),
        containers: containers.slice(-1),
      },
    },
  };
}

const distinct = (mounts: readonly FileMount[]): readonly FileMount[] => [
  ...new Map(mounts.map((mount) => [mount.name, mount])).values(),
];

const container = (
  { name, image, script, environment, mounts = [], resources }: BackupStep,
  { claims = [], scratch }: BackupRun,
): k8s.Container =>
  serviceContainer({
    ...{ name, image, environment, mounts, claims, resources, http: false },
    ...(script !== undefined && { command: ['sh', '-c', script] }),
    scratch: scratch === undefined ? [] : [{ name: SCRATCH, path: scratch.path, size: scratch.size }],
  });

function volumeOf({ size, volume }: BackupScratch): k8s.Volume {
  const storage = k8s.Quantity.fromString(size);
  if (volume === undefined) return { name: SCRATCH, emptyDir: { sizeLimit: storage } };
  const { storageClassName } = volume;
  return {
    name: SCRATCH,
    ephemeral: {
      volumeClaimTemplate: {
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage } },
          ...(storageClassName !== undefined && { storageClassName }),
        },
      },
    },
  };
}

const besideOf = (identity: Pick<Identity, 'name'>): k8s.Affinity => ({
  podAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { ...selectorOf(identity) } } },
    ],
  },
});

function check({ name, namespace, backup, restore, schedule }: StoreBackupProps): void {
  const checks = new Checks(`StoreBackup '${name}'`)
    .dnsLabel('name', name)
    .dnsLabel('namespace', namespace)
    .that(
      /^\d{1,2} (\*|\d{1,2}) \* \* \*$/.test(schedule),
      `'schedule' (${schedule}) must be hourly or daily`,
    );
  for (const [which, run] of Object.entries({ backup, restore })) {
    checks
      .dnsLabel(`${which}.name`, run.name)
      .wholeNumber(`${which}.deadlineSeconds`, run.deadlineSeconds, 60);
    for (const { image, name: step } of run.steps)
      checks.dnsLabel(`${which}.steps`, step).pinnedImage(`${which}.${step}`, image);
    const size = run.scratch?.size;
    checks.that(
      size === undefined || /^[1-9]\d*[MGT]i$/.test(size),
      `'${which}.scratch.size' (${size}) must be such as 20Gi`,
    );
  }
  checks.done();
}
