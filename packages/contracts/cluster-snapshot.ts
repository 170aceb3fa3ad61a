import * as z from 'zod';
import { parseInstant } from './instant.ts';

/** A snapshot; a reader takes no other version. */
export const SNAPSHOT_SCHEMA = 'sluice.cluster-snapshot/v1' as const;

const SUFFIX = '.json.gz';
const NAME = /^(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)Z\.json\.gz$/;

/** '2026-11-29T151000Z.json.gz' of an instant: names sort as time does. @param at epoch milliseconds */
export const snapshotName = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '')}Z${SUFFIX}`;

/** The other way round. @returns epoch milliseconds, undefined for a name of another form or of no instant */
export function snapshotInstant(name: string): number | undefined {
  const [, day, hour, minute, second] = NAME.exec(name) ?? [];
  const at = parseInstant(`${day}T${hour}:${minute}:${second}Z`);
  return at === undefined || snapshotName(at) !== name ? undefined : at;
}

const text = z.string().max(1024);
/** Epoch milliseconds. */
const instant = z.number().min(0).max(8.64e15);
const count = z.int().min(0);
const amount = z.number().min(0);
/** Of CPU in cores, of memory in bytes. */
const quantities = z.object({ cpu: amount, memory: amount });

const named = z.object({ name: text, created: instant });
const placed = named.extend({ namespace: text });

const node = named.extend({
  ready: z.boolean(),
  cordoned: z.boolean(),
  /** Conditions that are bad: `MemoryPressure`. */
  pressures: z.array(text),
  version: text,
  zone: text.optional(),
  instance: text.optional(),
  allocatable: quantities.extend({ pods: count }),
  /** Where the cluster measures it. */
  used: quantities.optional(),
});

const namespace = named.extend({ phase: text });

/** The kinds of a workload, each with the count that it wants. */
export const WORKLOAD_KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Rollout',
  'CronJob',
  'Job',
] as const;

const workload = placed.extend({
  kind: z.enum(WORKLOAD_KINDS),
  /** Pods; of a CronJob the runs that are active, of a Job its completions. */
  desired: count,
  ready: count,
  updated: count,
  /** It is stopped on purpose: a paused Deployment, a suspended CronJob or Job. */
  paused: z.boolean(),
  /** Why its controller is not content: the reason of a condition. */
  reason: text.optional(),
  images: z.array(text),
});

const pod = placed.extend({
  node: text.optional(),
  phase: text,
  ready: z.boolean(),
  restarts: count,
  /** Why it waits or ended: `CrashLoopBackOff`. */
  reason: text.optional(),
  owner: z.object({ kind: text, name: text }).optional(),
  requests: quantities,
  /** As they run: the image, and the digest that the node pulled. */
  images: z.array(z.object({ image: text, digest: text.optional() })),
});

const service = placed.extend({ type: text, ports: z.array(z.int()) });
const ingress = placed.extend({ class: text.optional(), addresses: z.array(text) });
const autoscaler = placed.extend({
  target: text,
  min: count,
  max: count,
  current: count,
  desired: count,
  /** Why it cannot scale, or is limited. */
  reason: text.optional(),
});
const claim = placed.extend({ phase: text, class: text.optional(), bytes: amount, modes: z.array(text) });

const event = z.object({
  namespace: text,
  kind: text,
  name: text,
  reason: text,
  message: text,
  count,
  lastSeen: instant,
});

const analysis = z.object({ name: text, phase: text, message: text.optional() });

const release = placed.extend({
  phase: text,
  message: text.optional(),
  /** Steps of its canary, and how many are done. */
  steps: count,
  step: count,
  /** Per cent of the requests that the new version gets. */
  weight: amount.optional(),
  stable: text.optional(),
  canary: text.optional(),
  images: z.array(text),
  analyses: z.array(analysis),
});

const application = placed.extend({
  project: text,
  sync: text,
  health: text,
  revision: text.optional(),
  /** When the last sync ended. */
  syncedAt: instant.optional(),
  message: text.optional(),
  /** What is not live as it is wanted; at most 50. */
  outOfSync: z.array(z.object({ kind: text, namespace: text.optional(), name: text })),
  outOfSyncCount: count,
});

/** What was not read, or not to its end. */
const missing = z.object({
  resource: text,
  /** `absent`: the cluster does not have this API; the others are failures. */
  cause: z.enum(['absent', 'forbidden', 'timeout', 'failed']),
  /** Items that were read before. */
  read: count,
  message: text,
});

const snapshot = z.object({
  schema: z.literal(SNAPSHOT_SCHEMA),
  takenAt: instant,
  /** How long reading took. */
  seconds: amount,
  missing: z.array(missing),
  nodes: z.array(node),
  namespaces: z.array(namespace),
  workloads: z.array(workload),
  pods: z.array(pod),
  services: z.array(service),
  ingresses: z.array(ingress),
  autoscalers: z.array(autoscaler),
  claims: z.array(claim),
  /** Warnings, the newest first; at most 500. */
  events: z.array(event),
  releases: z.array(release),
  applications: z.array(application),
});

export type NodeRow = z.output<typeof node>;
export type NamespaceRow = z.output<typeof namespace>;
export type WorkloadRow = z.output<typeof workload>;
export type PodRow = z.output<typeof pod>;
export type ServiceRow = z.output<typeof service>;
export type IngressRow = z.output<typeof ingress>;
export type AutoscalerRow = z.output<typeof autoscaler>;
export type ClaimRow = z.output<typeof claim>;
export type EventRow = z.output<typeof event>;
export type ReleaseRow = z.output<typeof release>;
export type ApplicationRow = z.output<typeof application>;
export type Missing = z.output<typeof missing>;

/** What the cluster had at one instant: names, states and numbers; no values of Secrets, variables or ConfigMaps. */
export type ClusterSnapshot = z.output<typeof snapshot>;

/** A file is not what its name promises. Its message names the property and the constraint, never the content. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

/** @throws {SnapshotError} for what is no snapshot of this version */
export function parseSnapshot(json: string): ClusterSnapshot {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new SnapshotError('the snapshot is no JSON');
  }
  const { success, data, error } = snapshot.safeParse(value);
  if (success) return data;
  const faults = error.issues.map(({ path, message }) => `'${path.join('.')}': ${message}`);
  throw new SnapshotError(`the snapshot has ${faults.length} faults: ${faults.slice(0, 5).join('; ')}`);
}
