import { randomUUID } from 'node:crypto';
import type { ScalerConfig, Workload } from '@sluice/policy';
import { messageOf, type Registry } from '@sluice/runtime';
import { Histories } from './control/controller.ts';
import type { KubeApis } from './kube/clients.ts';
import { decodeHistories, encodeHistories, kubeLease, type LeaseName } from './lease/kube-lease.ts';
import { LeaderElector, type PreviousHolder } from './lease/leader-elector.ts';
import { systemClock } from './lease/lease-rules.ts';
import { EventRecorder } from './report/events.ts';
import type { LoggerLike } from './report/reporter.ts';
import { createScaler, type Scaler } from './scaler.ts';
import { deploymentTarget, hpaTarget, type ReplicaTarget } from './targets/kubernetes.ts';
import { ProcessReplicas } from './targets/process.ts';

/** What a scaler starts with. */
export interface StartOptions {
  readonly config: ScalerConfig;
  /** Without it this process always acts. */
  readonly lease?: LeaseName;
  /** The pod's name; signs the Lease and the Events. */
  readonly instance: string;
  readonly log: LoggerLike;
  readonly registry: Registry;
  /** @default connected as the pod's ServiceAccount, or by KUBECONFIG; not at all when nothing needs it */
  readonly kubernetes?: KubeApis;
}

/** A scaler that was started, and how it ends. */
export interface Running {
  /** Stops deciding, then the local processes, then gives the Lease back. */
  stop(): Promise<void>;
}

/** The whole scaler: loops for every workload, and a campaign for the Lease where one is named. */
export async function startScaler(options: StartOptions): Promise<Running> {
  const { config, lease, instance, log } = options;
  const needed = lease !== undefined || config.workloads.some(({ target }) => target.kind !== 'process');
  const kubernetes = options.kubernetes ?? (needed ? await connect(instance) : undefined);
  const histories = new Histories();
  const events = kubernetes && eventRecorder(kubernetes, log);
  const election =
    lease && kubernetes && campaign({ lease, kubernetes, histories, instance, log }, () => scaler.announce());
  const scaler: Scaler = createScaler({
    ...{ config, log, histories, registry: options.registry },
    openTarget: (workload) => openTarget(workload, kubernetes, log),
    ...(election !== undefined && { fence: election }),
    ...(events !== undefined && { events }),
  });
  election?.start();
  const stop = async (): Promise<void> => {
    await scaler.stop();
    await election?.stop();
    await events?.flush();
  };
  return { stop };
}

/** The client costs 90 MB and a second: only where it is needed. */
const connect = async (instance: string): Promise<KubeApis> =>
  (await import('./kube/clients.ts')).connectKubernetes(instance);

function openTarget(workload: Workload, kubernetes: KubeApis | undefined, log: LoggerLike): ReplicaTarget {
  const { name, target } = workload;
  if (target.kind === 'process') {
    const onCrash = (identity: string, outcome: string) =>
      log.warn({ workload: name, identity, outcome }, 'process ended by itself');
    return new ProcessReplicas(target, { workload: name, onCrash });
  }
  if (kubernetes === undefined) throw new Error(`workload '${name}' needs Kubernetes`);
  return target.kind === 'hpa'
    ? hpaTarget(target, kubernetes.autoscalers)
    : deploymentTarget(target, kubernetes.scales);
}

const eventRecorder = ({ events }: KubeApis, log: LoggerLike): EventRecorder =>
  new EventRecorder({
    api: events,
    failed: (error) => log.warn({ error: messageOf(error) }, 'event not recorded'),
    now: Date.now,
  });

interface Election {
  readonly lease: LeaseName;
  readonly kubernetes: KubeApis;
  readonly histories: Histories;
  readonly instance: string;
  readonly log: LoggerLike;
}

function campaign(
  { lease, kubernetes, histories, instance, log }: Election,
  announce: () => void,
): LeaderElector {
  const elected = (history: string | undefined, from: PreviousHolder): void => {
    if (from !== 'own') histories.replace(decodeHistories(history, from === 'released'));
    log.info({ ...lease, from, histories: histories.entries().size }, 'elected');
    announce();
  };
  return new LeaderElector({
    store: kubeLease(lease, kubernetes.leases(lease)),
    // A container that restarts in its pod keeps the name: the rest distinguishes the two.
    identity: `${instance}_${randomUUID()}`,
    clock: systemClock(),
    history: () => encodeHistories(histories.entries()),
    elected,
    lost: () => log.warn({ ...lease }, 'leadership lost'),
    failed: (error) => log.warn({ ...lease, error: messageOf(error) }, 'lease not renewed'),
  });
}
