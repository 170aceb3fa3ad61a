import { images } from '../../environments/images.ts';
import { logStoreAddresses } from '../../packages/contracts/log-store.ts';
import {
  type Addon,
  type ChartImage,
  chartImage,
  RESTRICTED_POD,
  type Resources,
  resources,
  type Switch,
  watched,
} from './addon.ts';

const { namespace, service } = logStoreAddresses['victoria-logs'];

interface Values {
  readonly server: {
    readonly fullnameOverride: string;
    readonly image: Omit<ChartImage, 'digest'>;
    readonly retentionPeriod: string;
    readonly retentionMaxDiskUsagePercent: string;
    readonly extraArgs: { readonly inmemoryDataFlushInterval: string };
    readonly persistentVolume: Switch & { readonly size: string; readonly storageClassName?: string };
    readonly podSecurityContext: Switch &
      typeof RESTRICTED_POD & { readonly runAsUser: number; readonly fsGroup: number };
    readonly resources: Resources;
    readonly serviceMonitor: Switch;
  };
}

/** How often it writes what it holds in memory: it takes no shorter interval. The gate before it waits for that. */
export const FLUSH_SECONDS = 1;

/** What of the volume is used at most: the oldest day goes when it is exceeded, and the rest is for merging. */
export const DISK_PERCENT = 80;

/** Log lines, by field and time: one process on one volume. */
export const victoriaLogs: Addon<Values> = {
  name: 'victoria-logs',
  namespace: { name: namespace },
  stage: 'platform',
  confirmPrune: true,
  values: (environment) => ({
    server: {
      fullnameOverride: service,
      image: serverImage(),
      retentionPeriod: environment.logs.retention,
      retentionMaxDiskUsagePercent: String(DISK_PERCENT),
      extraArgs: { inmemoryDataFlushInterval: `${FLUSH_SECONDS}s` },
      persistentVolume: {
        ...{ enabled: true, size: environment.logs.volume },
        ...(environment.storageClassName !== undefined && { storageClassName: environment.storageClassName }),
      },
      podSecurityContext: { enabled: true, ...RESTRICTED_POD, runAsUser: 1000, fsGroup: 2000 },
      resources: resources('100m', '512Mi'),
      serviceMonitor: watched(environment),
    },
  }),
};

/** Its chart knows no digest of its own: it stands behind the tag. */
function serverImage(): Values['server']['image'] {
  const { repository, tag, digest } = chartImage(images.victoriaLogs);
  return { repository, tag: digest === undefined ? tag : `${tag}@${digest}` };
}
