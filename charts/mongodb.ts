import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, type Labels, metadataOf, wave } from './labels.ts';

/** A user of MongoDB: the database that it works in, and what it may do there. */
export interface MongoDbUser {
  /** The user; its password is a key of that name. */
  readonly name: string;
  readonly database: string;
  /** `clusterMonitor`, in the database `admin`: what the servers report of themselves. */
  readonly role: 'read' | 'readWrite' | 'clusterMonitor';
}

/** Where each night's backup goes, and each slice of the log of changes between two of them. */
export interface MongoDbBackups {
  readonly bucket: string;
  readonly region: string;
  /** The Secret with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. */
  readonly secret: string;
  readonly keepDays: number;
}

/** MongoDB as a replica set: its members, its disk, its users and its backups. */
export interface MongoDbProps extends Identity {
  /** The server's image, pinned. */
  readonly image: string;
  /** The image of what makes backups, pinned. */
  readonly backupImage: string;
  /** The version of the operator that the object is written for. */
  readonly operatorVersion: string;
  /** Members of the replica set: 1, or 3 so that one may be lost. */
  readonly members: number;
  readonly volume: { readonly size: string; readonly storageClassName?: string | undefined };
  readonly users: readonly MongoDbUser[];
  /** The Secret with the password of each user, by its name. */
  readonly usersSecret: string;
  /** cert-manager's ClusterIssuer of its certificates. @default clear text */
  readonly clusterIssuer?: string | undefined;
  /** @default there are none */
  readonly backups?: MongoDbBackups | undefined;
  readonly priorityClassName: string;
  /** Memory of a member, for example '1Gi'; CPU is requested and not limited. */
  readonly memory: string;
  /** CPU that is reserved, for example '200m'. */
  readonly cpu: string;
}

/** The replica set: the Service is `<name>-rs0`. */
const REPLICA_SET = 'rs0';
/** The user that the images run as. */
const USER = 1001;
const STORAGE = 's3';
const BACKUP_SCHEDULE = '15 1 * * *';

/** Pod Security `restricted`; the images write beside their volumes, so that their root file system is theirs. */
const RESTRICTED_POD = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const RESTRICTED_CONTAINER = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/** The labels of its pods, which the operator gives them. */
export const mongoDbPods = (name: string): Labels => ({
  'app.kubernetes.io/name': 'percona-server-mongodb',
  'app.kubernetes.io/instance': name,
  'app.kubernetes.io/component': 'mongod',
});

/**
 * MongoDB as an object of Percona's operator: a replica set whose users are declared, a budget for drains where it has
 * several members, no address outside of the cluster, volumes that stay when the object goes.
 * @throws {ChartError} with every fault of the props
 * @see https://docs.percona.com/percona-operator-for-mongodb/operator.html
 */
export class MongoDb extends Construct {
  constructor(scope: Construct, id: string, props: MongoDbProps) {
    super(scope, id);
    check(props);
    const { image, operatorVersion, members, clusterIssuer, users, usersSecret } = props;
    new ApiObject(this, 'cluster', {
      ...{ apiVersion: 'psmdb.percona.com/v1', kind: 'PerconaServerMongoDB' },
      metadata: { ...metadataOf(props), annotations: wave('system') },
      spec: {
        ...{ crVersion: operatorVersion, image, imagePullPolicy: 'IfNotPresent' },
        // A version is changed by a pull request, never by the operator.
        upgradeOptions: { apply: 'disabled', setFCV: false },
        updateStrategy: 'SmartUpdate',
        ...safety(members, clusterIssuer),
        replsets: [replicaSet(props)],
        sharding: { enabled: false },
        users: users.map(({ name, database, role }) => ({
          ...{ name, db: 'admin', passwordSecretRef: { name: usersSecret, key: name } },
          roles: [{ name: role, db: database }],
        })),
        backup: backup(props),
      },
    });
  }
}

/** The operator refuses a single member and clear text unless they are asked for by name. */
const safety = (members: number, clusterIssuer: string | undefined): object => ({
  unsafeFlags: { replsetSize: members < 3, tls: clusterIssuer === undefined },
  tls:
    clusterIssuer === undefined
      ? { mode: 'disabled' }
      : {
          mode: 'requireTLS',
          issuerConf: { name: clusterIssuer, kind: 'ClusterIssuer', group: 'cert-manager.io' },
        },
});

function replicaSet(props: MongoDbProps): object {
  const { members, volume, priorityClassName, cpu, memory } = props;
  return {
    ...{ name: REPLICA_SET, size: members, priorityClassName },
    affinity: { antiAffinityTopologyKey: members > 1 ? 'kubernetes.io/hostname' : 'none' },
    ...(members > 1 && { podDisruptionBudget: { maxUnavailable: 1 } }),
    expose: { enabled: false, type: 'ClusterIP' },
    resources: { requests: { cpu, memory }, limits: { memory } },
    podSecurityContext: { ...RESTRICTED_POD, runAsUser: USER, fsGroup: USER },
    containerSecurityContext: RESTRICTED_CONTAINER,
    volumeSpec: {
      persistentVolumeClaim: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: volume.size } },
        ...(volume.storageClassName !== undefined && { storageClassName: volume.storageClassName }),
      },
    },
  };
}

/** One backup a night, and the log of changes every ten minutes: what is lost with the cluster is younger than that. */
function backup({ backupImage, backups }: MongoDbProps): object {
  if (backups === undefined) return { enabled: false, image: backupImage };
  const { bucket, region, secret, keepDays } = backups;
  return {
    ...{ enabled: true, image: backupImage },
    containerSecurityContext: RESTRICTED_CONTAINER,
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    storages: {
      [STORAGE]: { type: 's3', s3: { bucket, region, prefix: 'mongodb', credentialsSecret: secret } },
    },
    pitr: { enabled: true, oplogSpanMin: 10, compressionType: 'gzip' },
    tasks: [
      {
        ...{ name: 'nightly', enabled: true, type: 'logical', schedule: BACKUP_SCHEDULE },
        ...{ storageName: STORAGE, compressionType: 'gzip' },
        retention: { type: 'count', count: keepDays, deleteFromStorage: true },
      },
    ],
  };
}

function check({ name, namespace, image, backupImage, members, volume, users, backups }: MongoDbProps): void {
  const checks = new Checks(`MongoDB '${name}'`)
    .dnsLabel('name', name)
    .dnsLabel('namespace', namespace)
    .pinnedImage('image', image)
    .pinnedImage('backupImage', backupImage)
    .that([1, 3].includes(members), `'members' (${members}) must be 1 or 3: two cannot outvote a lost one`)
    .that(/^[1-9]\d*[GT]i$/.test(volume.size), `'volume.size' (${volume.size}) must be such as 20Gi`);
  for (const user of users) checks.dnsLabel('users', user.name);
  if (backups !== undefined) checks.wholeNumber('backups.keepDays', backups.keepDays, 1);
  checks.done();
}
