/** Argo CD's Applications, seen and asked through the API server, as a person with kubectl would. */
import { ARGOCD_NAMESPACE } from '../../argocd/settings.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';

/** @see https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml */
export interface ApplicationState {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision?: string };
    readonly health?: { readonly status: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly operationState?: { readonly phase: string; readonly message?: string };
    readonly resources?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly status?: string;
    }[];
  };
}

export interface Applications {
  all(): Promise<ApplicationState[]>;
  one(name: string): Promise<ApplicationState>;
  /** Has them looked at again at once, as a webhook does; resolves when Argo CD has done so. */
  refresh(...names: string[]): Promise<void>;
  /** Asks for a sync. @returns how it ended: its phase and message */
  sync(name: string): Promise<string>;
  /** Resolves when every Application is Synced and Healthy, their number at least `least`. */
  settled(seconds: number, least: number): Promise<void>;
}

const REFRESH = 'argocd.argoproj.io/refresh';

/** `NAME Synced/Healthy`, with what it complains of. */
export const summary = ({ metadata, status }: ApplicationState): string =>
  [
    `${metadata.name} ${status?.sync?.status}/${status?.health?.status}`,
    ...(status?.conditions ?? []).map(({ type, message }) => `${type}: ${message}`),
    ...(status?.operationState?.phase === 'Succeeded' ? [] : [status?.operationState?.message ?? '']),
  ].join(' | ');

const isSettled = ({ status }: ApplicationState): boolean =>
  status?.sync?.status === 'Synced' && status.health?.status === 'Healthy';

export function applicationsOf(cluster: Cluster): Applications {
  const kubectl = async (...args: string[]) =>
    (await cluster.kubectl(['--namespace', ARGOCD_NAMESPACE, ...args])).stdout;
  const all = async () =>
    (JSON.parse(await kubectl('get', 'applications', '-o', 'json')) as { items: ApplicationState[] }).items;
  const one = async (name: string) =>
    JSON.parse(await kubectl('get', 'application', name, '-o', 'json')) as ApplicationState;
  return {
    all,
    one,
    refresh: async (...names) => {
      await kubectl(
        'annotate',
        '--overwrite',
        ...names.map((name) => `application/${name}`),
        `${REFRESH}=hard`,
      );
      await until(`${names.join(', ')} to be refreshed`, 60, async () =>
        (await all()).every(({ metadata }) => metadata.annotations?.[REFRESH] === undefined),
      );
    },
    sync: async (name) => {
      const operation = { sync: { syncOptions: ['ServerSideApply=true'] } };
      await kubectl('patch', 'application', name, '--type=merge', '--patch', JSON.stringify({ operation }));
      return until(`the sync of ${name}`, 60, async () => {
        const { operation: running, status } = (await one(name)) as ApplicationState & { operation?: object };
        const { phase, message } = status?.operationState ?? {};
        return running === undefined && phase !== 'Running' ? `${phase}: ${message}` : undefined;
      });
    },
    settled: async (seconds, least) => {
      await until('every Application Synced and Healthy', seconds, async () => {
        const now = await all();
        if (now.length >= least && now.every(isSettled)) return true;
        throw new Error(
          now
            .filter((each) => !isSettled(each))
            .map(summary)
            .join('\n'),
        );
      });
    },
  };
}
