import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf, selectorOf, workloadLabels } from './labels.ts';
import {
  configChecksum,
  type FileMount,
  mountsOf,
  pod,
  type Resources,
  resources,
  restrictedContainer,
  ServiceAccount,
} from './pod.ts';
import { startsWithin } from './probes.ts';

/** A user of Redis and what it may do, as an ACL says it: `~{transactions}:* +@all`. */
export interface RedisUser {
  /** The user; its password is a key of that name. */
  readonly name: string;
  readonly rules: string;
}

/** Redis: its disk, its users, and how often it writes to disk. */
export interface RedisProps extends Identity {
  /** The image that runs, pinned: Valkey or Redis. */
  readonly image: string;
  readonly users: readonly RedisUser[];
  /** The Secret with the password of each user, by its name. */
  readonly usersSecret: string;
  /** The disk that the log is on. */
  readonly volume: { readonly size: string; readonly storageClassName?: string };
  /** How often the log is brought to the disk. */
  readonly fsync: 'always' | 'everysec';
  readonly priorityClassName: string;
  /** The Secret with the certificate that it serves: `tls.crt` and `tls.key`. @default clear text */
  readonly tlsSecret?: string;
  /** What the pod asks for and may use. @default 100m CPU, 512Mi */
  readonly resources?: Resources;
}

/** The port that Redis listens on. */
export const REDIS_PORT = 6379;
const PORT_NAME = 'redis';
const CONFIG_PATH = '/etc/sluice/redis';
const USERS_PATH = '/etc/sluice/users';
const RUN_PATH = '/run/redis';
const TLS_PATH = '/etc/sluice/tls';
const DATA_PATH = '/data';
const RULES_KEY = 'users.rules';
/** Seconds that it gets to write its log before the kill. */
const STOP_SECONDS = 60;
/** What is left of the limit is for clients' buffers and for the copy while the log is rewritten. */
const MEMORY_SHARE = 0.6;

/** A backup of this name in its data becomes what the server has when it starts the next time. */
export const RESTORE_FILE = 'restore.rdb';

/**
 * Makes the ACL of the rules and of the passwords as they are now, takes over a backup that was brought, and becomes
 * the server. A backup becomes the base of a new log, and the former log stays beside it: each step is one rename, so
 * that a start that is killed in between is gone on with by the next one.
 *
 * No one can log in as the default user, and yet it may do everything: the server reads its own log as that user, and
 * without the permission it drops each transaction (MULTI, and what a script wrote) in it.
 */
export const START_SCRIPT = `set -eu
umask 077
restored="$DATA_DIRECTORY/restored" log="$DATA_DIRECTORY/appendonlydir" base=appendonly.aof.1.base.rdb
if [ -f "$DATA_DIRECTORY/${RESTORE_FILE}" ]; then
  rm -rf "$restored"
  mkdir "$restored"
  printf 'file %s seq 1 type b\\n' "$base" > "$restored/appendonly.aof.manifest"
  mv "$DATA_DIRECTORY/${RESTORE_FILE}" "$restored/$base"
fi
if [ -f "$restored/$base" ]; then
  if [ -d "$log" ]; then
    rm -rf "$log.before-restore"
    mv "$log" "$log.before-restore"
  fi
  mv "$restored" "$log"
  echo 'the data is that of a backup; the former data is in appendonlydir.before-restore'
fi
printf 'user default off resetpass ~* &* +@all\\nuser probe on nopass resetkeys resetchannels -@all +ping\\n' > "$RUN_DIRECTORY/users.acl"
while read -r name rules; do
  hash=$(sha256sum < "$USERS_DIRECTORY/$name" | cut -d ' ' -f 1)
  printf 'user %s on #%s resetkeys resetchannels -@all %s\\n' "$name" "$hash" "$rules" >> "$RUN_DIRECTORY/users.acl"
done < "$CONFIG_DIRECTORY/${RULES_KEY}"
if [ -n "\${TLS_DIRECTORY:-}" ]; then cp "$TLS_DIRECTORY/tls.crt" "$RUN_DIRECTORY/tls.crt"; fi
exec "$SERVER" "$CONFIG_DIRECTORY/redis.conf" --dir "$DATA_DIRECTORY" --aclfile "$RUN_DIRECTORY/users.acl"
`;

/** Over TLS it answers no one in clear text. A client proves itself by its password, not by a certificate. */
const portLines = (tlsSecret: string | undefined): readonly string[] =>
  tlsSecret === undefined
    ? [`port ${REDIS_PORT}`]
    : [
        ...['port 0', `tls-port ${REDIS_PORT}`, 'tls-auth-clients no'],
        ...[`tls-cert-file ${TLS_PATH}/tls.crt`, `tls-key-file ${TLS_PATH}/tls.key`],
      ];

/** The files that it is configured by: name -> text. */
export function redisFiles({
  users,
  fsync,
  tlsSecret,
  resources: asked,
}: RedisProps): Record<string, string> {
  const lines = [
    ...['bind * -::*', ...portLines(tlsSecret), 'protected-mode no', 'save ""'],
    ...['appendonly yes', `appendfsync ${fsync}`, 'no-appendfsync-on-rewrite no'],
    ...[`maxmemory ${maxMemory(asked)}`, 'maxmemory-policy noeviction'],
  ];
  const rules = users.map(({ name, rules: own }) => `${name} ${own}`);
  return { 'redis.conf': `${lines.join('\n')}\n`, [RULES_KEY]: `${rules.join('\n')}\n` };
}

const DEFAULT_RESOURCES: Resources = { cpu: '100m', memory: '512Mi' };

function maxMemory({ memory }: Resources = DEFAULT_RESOURCES): string {
  const [, amount = '0', unit = 'Mi'] = /^(\d+)(Mi|Gi)$/.exec(memory) ?? [];
  return `${Math.floor(Number(amount) * (unit === 'Gi' ? 1024 : 1) * MEMORY_SHARE)}mb`;
}

/**
 * One server of Redis's protocol that keeps queues, with its log on a volume of its own: what it has answered is
 * there after a restart. Users log in; the default one is off.
 *
 * @throws {ChartError} with every fault of the props
 */
export class Redis extends Construct {
  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    check(props);
    const files = redisFiles(props);
    new ServiceAccount(this, 'identity', props);
    new k8s.KubeConfigMap(this, 'config', { metadata: metadataOf(props), data: files });
    new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: { ...metadataOf(props), labels: workloadLabels(props, props.image) },
      spec: {
        replicas: 1,
        serviceName: props.name,
        selector: { matchLabels: selectorOf(props) },
        // What was accepted outlives the StatefulSet: a volume is deleted by a person.
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        volumeClaimTemplates: [claim(props)],
        template: template(props, files),
      },
    });
    new k8s.KubeService(this, 'service', {
      metadata: metadataOf(props),
      spec: {
        selector: selectorOf(props),
        ports: [{ name: PORT_NAME, port: REDIS_PORT, targetPort: k8s.IntOrString.fromString(PORT_NAME) }],
      },
    });
  }
}

const claim = (props: RedisProps): k8s.KubePersistentVolumeClaimProps => ({
  metadata: { name: 'data', labels: selectorOf(props) },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: k8s.Quantity.fromString(props.volume.size) } },
    ...(props.volume.storageClassName && { storageClassName: props.volume.storageClassName }),
  },
});

function template(props: RedisProps, files: Readonly<Record<string, string>>): k8s.PodTemplateSpec {
  const mounts: FileMount[] = [
    { name: 'config', path: CONFIG_PATH, from: { configMap: props.name } },
    { name: 'users', path: USERS_PATH, from: { secret: props.usersSecret } },
    ...(props.tlsSecret === undefined
      ? []
      : [{ name: 'tls', path: TLS_PATH, from: { secret: props.tlsSecret } }]),
  ];
  const { metadata, spec } = pod({
    ...{ ...props, labels: workloadLabels(props, props.image), mounts },
    scratch: [{ name: 'run', path: RUN_PATH, size: '1Mi' }],
    annotations: configChecksum(JSON.stringify(files)),
  });
  return {
    metadata,
    spec: {
      ...spec,
      terminationGracePeriodSeconds: STOP_SECONDS,
      containers: [{ ...container(props, mounts), ...probesOf(props.tlsSecret !== undefined) }],
    },
  };
}

const container = (props: RedisProps, mounts: readonly FileMount[]): k8s.Container => ({
  name: props.name,
  image: props.image,
  imagePullPolicy: 'IfNotPresent',
  command: ['sh', '-c', START_SCRIPT],
  env: Object.entries({
    ...{ SERVER: 'valkey-server', CONFIG_DIRECTORY: CONFIG_PATH, USERS_DIRECTORY: USERS_PATH },
    ...{ RUN_DIRECTORY: RUN_PATH, DATA_DIRECTORY: DATA_PATH },
    ...(props.tlsSecret !== undefined && { TLS_DIRECTORY: TLS_PATH }),
  }).map(([name, value]) => ({ name, value })),
  ports: [{ name: PORT_NAME, containerPort: REDIS_PORT }],
  resources: resources(props.resources ?? DEFAULT_RESOURCES),
  securityContext: restrictedContainer,
  volumeMounts: [
    { name: 'data', mountPath: DATA_PATH },
    ...mountsOf(mounts),
    { name: 'run', mountPath: RUN_PATH },
  ],
});

/** The probe asks its own server, whose name on loopback is not that of its certificate. */
const clientOf = (secure: boolean): string =>
  `valkey-cli ${secure ? '--tls --insecure ' : ''}--user probe --pass none --no-auth-warning`;

/** A server that still loads its log answers PING with an error: it is alive and not ready. */
const ping = (secure: boolean) => ({
  exec: { command: ['sh', '-c', `${clientOf(secure)} ping | grep -q PONG`] },
  timeoutSeconds: 5,
});
const accepts = { tcpSocket: { port: k8s.IntOrString.fromString(PORT_NAME) } };

/** The server reads its certificate when it starts: one that was renewed since makes the kubelet start it anew. */
const HAS_CURRENT_CERTIFICATE = `cmp -s ${RUN_PATH}/tls.crt ${TLS_PATH}/tls.crt && `;

const probesOf = (secure: boolean) => ({
  startupProbe: { ...accepts, ...startsWithin(2) },
  livenessProbe: {
    exec: {
      command: ['sh', '-c', `${secure ? HAS_CURRENT_CERTIFICATE : ''}${clientOf(secure)} ping > /dev/null`],
    },
    ...{ periodSeconds: 10, failureThreshold: 18, timeoutSeconds: 5 },
  },
  readinessProbe: { ...ping(secure), periodSeconds: 5, failureThreshold: 3 },
});

function check({ name, namespace, image, volume, users, resources: asked }: RedisProps): void {
  const checks = new Checks(`Redis '${name}'`)
    .dnsLabel('name', name)
    .dnsLabel('namespace', namespace)
    .pinnedImage('image', image)
    .that(/^[1-9]\d*[GT]i$/.test(volume.size), `'volume.size' (${volume.size}) must be such as 20Gi`)
    .that(
      asked === undefined || /^\d+(Mi|Gi)$/.test(asked.memory),
      `'resources.memory' (${asked?.memory}) must be such as 512Mi`,
    );
  for (const user of users) {
    checks.dnsLabel('users', user.name);
    checks.that(
      !['default', 'probe'].includes(user.name),
      `'users' (${user.name}) must not be a user of the server's own`,
    );
    checks.that(!/[\n\r#>]/.test(user.rules), `'users' (${user.name}) must have rules without a password`);
  }
  checks.done();
}
