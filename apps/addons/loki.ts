import type { Environment } from '../../environments/environment.ts';
import { logRecords } from '../../packages/contracts/log-store.ts';
import { type Addon, OFF, type Resources, resources, type Switch, watched } from './addon.ts';

interface Schema {
  readonly from: string;
  readonly store: 'tsdb';
  readonly object_store: 's3' | 'filesystem';
  readonly schema: 'v13';
  readonly index: { readonly prefix: string; readonly period: '24h' };
}

type Storage =
  | { readonly type: 'filesystem' }
  | {
      readonly type: 's3';
      readonly bucketNames: { readonly chunks: string; readonly ruler: string };
      readonly s3: { readonly region: string };
    };

interface Values {
  readonly deploymentMode: 'Monolithic';
  readonly loki: {
    readonly auth_enabled: boolean;
    readonly commonConfig: { readonly replication_factor: number };
    readonly schemaConfig: { readonly configs: readonly Schema[] };
    readonly storage: Storage;
    readonly limits_config: { readonly retention_period: string; readonly otlp_config: typeof LABELS };
    readonly compactor: { readonly retention_enabled: boolean; readonly delete_request_store: string };
  };
  readonly singleBinary: {
    readonly replicas: number;
    readonly resources: Resources;
    readonly persistence: Switch & { readonly size: string; readonly storageClass?: string } & KeptClaims;
  };
  readonly monitoring: { readonly serviceMonitor: Switch };
  readonly read: { readonly replicas: 0 };
  readonly write: { readonly replicas: 0 };
  readonly backend: { readonly replicas: 0 };
  readonly gateway: Switch;
  readonly chunksCache: Switch;
  readonly resultsCache: Switch;
  readonly lokiCanary: Switch;
  readonly test: Switch;
  readonly sidecar: { readonly rules: Switch };
}

/** What a volume claim does when its pod goes: nothing. */
interface KeptClaims {
  readonly enableStatefulSetAutoDeletePVC: false;
  readonly whenScaled: 'Retain';
  readonly whenDeleted: 'Retain';
}

const { line } = logRecords['victoria-logs'];

/**
 * Labels are what has few values; everything else of a record, the pod's name too, is structured metadata.
 * @see https://grafana.com/docs/loki/latest/send-data/otel/
 */
const LABELS = {
  resource_attributes: {
    ignore_defaults: true,
    attributes_config: [{ action: 'index_label', attributes: [line.namespace, line.container] }],
  },
} as const;

/** Logs, by label and time. One process does all of it: a sidecar of it more is one thing more to watch. */
export const loki: Addon<Values> = {
  name: 'loki',
  namespace: { name: 'loki' },
  stage: 'platform',
  confirmPrune: true,
  values: (environment) => ({
    deploymentMode: 'Monolithic',
    loki: settings(environment),
    singleBinary: {
      replicas: replicas(environment),
      resources: resources('100m', '512Mi'),
      persistence: {
        enabled: true,
        size: environment.logs.volume,
        ...(environment.storageClassName !== undefined && { storageClass: environment.storageClassName }),
        enableStatefulSetAutoDeletePVC: false,
        ...{ whenScaled: 'Retain', whenDeleted: 'Retain' },
      },
    },
    monitoring: { serviceMonitor: watched(environment) },
    ...{ read: { replicas: 0 }, write: { replicas: 0 }, backend: { replicas: 0 } },
    ...{ gateway: OFF, chunksCache: OFF, resultsCache: OFF, lokiCanary: OFF, test: OFF },
    sidecar: { rules: OFF },
  }),
};

/** A line counts as written when a majority has it: three hold where two would not. */
const replicas = ({ addonReplicas }: Environment): number => (addonReplicas > 1 ? 3 : 1);

function settings(environment: Environment): Values['loki'] {
  const storage = storageOf(environment);
  return {
    auth_enabled: false,
    commonConfig: { replication_factor: replicas(environment) },
    schemaConfig: {
      configs: [
        {
          ...{ from: '2026-01-01', store: 'tsdb', object_store: storage.type, schema: 'v13' },
          index: { prefix: 'index_', period: '24h' },
        },
      ],
    },
    storage,
    limits_config: { retention_period: environment.logs.retention, otlp_config: LABELS },
    compactor: { retention_enabled: true, delete_request_store: storage.type },
  };
}

const storageOf = ({ aws }: Environment): Storage =>
  aws === undefined
    ? { type: 'filesystem' }
    : {
        type: 's3',
        bucketNames: { chunks: aws.logBucket, ruler: aws.logBucket },
        s3: { region: aws.region },
      };
