import type { CollectorLimits } from '../../charts/log-collector.ts';
import { logEventsConfig } from '../../charts/log-events.ts';
import type { Addon } from './addon.ts';
import { logOutputsOf } from './log-stores.ts';
import {
  type CollectorValues,
  collectorValues,
  LOG_AGENTS,
  PAGES,
  STATE,
} from './opentelemetry-collector.ts';
import { RESTRICTED_POD, watched } from './values.ts';

interface Values extends CollectorValues {
  readonly mode: 'deployment';
  readonly replicaCount: 1;
  readonly rollout: { readonly strategy: 'Recreate' };
  readonly podSecurityContext: typeof RESTRICTED_POD & {
    readonly runAsUser: number;
    readonly fsGroup: number;
  };
  readonly securityContext: object;
  readonly clusterRole: {
    readonly create: true;
    readonly rules: readonly [
      {
        readonly apiGroups: readonly [''];
        readonly resources: readonly ['events'];
        readonly verbs: readonly string[];
      },
    ];
  };
}

const LIMITS: CollectorLimits = { memoryMiB: 128, queueBytes: 64 * 1024 * 1024 };
const USER = 10_001;

/** Kubernetes' events, to the log stores: one pod, as two would write each event twice. */
export const opentelemetryEvents: Addon<Values> = {
  name: 'opentelemetry-events',
  namespace: LOG_AGENTS,
  stage: 'platform',
  values: (environment) => ({
    ...collectorValues('log-events', LIMITS),
    ...{ mode: 'deployment', replicaCount: 1, rollout: { strategy: 'Recreate' } },
    alternateConfig: logEventsConfig({
      ...{ outputs: logOutputsOf(environment), state: STATE, limits: LIMITS, ...PAGES },
    }),
    podMonitor: watched(environment),
    podSecurityContext: { ...RESTRICTED_POD, runAsUser: USER, fsGroup: USER },
    securityContext: {
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ['ALL'] },
    },
    clusterRole: {
      create: true,
      rules: [{ apiGroups: [''], resources: ['events'], verbs: ['get', 'list', 'watch'] }],
    },
    // It outlives the process and not the pod: the API server keeps events for an hour.
    extraVolumes: [{ name: 'state', emptyDir: { sizeLimit: '512Mi' } }],
    extraVolumeMounts: [{ name: 'state', mountPath: STATE }],
  }),
};
