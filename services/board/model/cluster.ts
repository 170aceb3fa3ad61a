import type {
  ClusterSnapshot,
  NodeRow,
  PodRow,
  WorkloadRow,
} from '../../../packages/contracts/cluster-snapshot.ts';
import { type Level, worstOf } from './health.ts';

/** How a workload is: each has a word in every language. */
export type WorkloadCondition =
  | 'ready'
  | 'updating'
  | 'partly'
  | 'down'
  | 'paused'
  | 'failed'
  | 'none'
  | 'runs';

/** How a workload of the cluster is, and why. */
export interface WorkloadHealth {
  readonly level: Level;
  readonly condition: WorkloadCondition;
}

const LEVELS: Readonly<Record<WorkloadCondition, Level>> = {
  ...{ ready: 'ok', updating: 'ok', none: 'ok', runs: 'ok', paused: 'unknown' },
  ...{ partly: 'attention', down: 'critical', failed: 'critical' },
};

/** The state of a workload by what its controller reports. */
export function workloadHealth(row: WorkloadRow): WorkloadHealth {
  const condition = workloadCondition(row);
  return { level: LEVELS[condition], condition };
}

function workloadCondition(row: WorkloadRow): WorkloadCondition {
  const { kind, desired, reason } = row;
  if (reason !== undefined) return 'failed';
  if (kind === 'CronJob' || kind === 'Job') return runCondition(row);
  return desired === 0 ? 'none' : servingCondition(row);
}

/** Of what runs and ends. */
function runCondition({ kind, desired, ready, paused }: WorkloadRow): WorkloadCondition {
  if (kind === 'Job' && ready >= desired) return 'ready';
  if (paused) return 'paused';
  return kind === 'CronJob' && ready === 0 ? 'none' : 'runs';
}

/** Of what is meant to run on and on. */
function servingCondition({ desired, ready, updated, paused }: WorkloadRow): WorkloadCondition {
  if (ready === 0) return 'down';
  if (ready < desired) return 'partly';
  if (paused) return 'paused';
  return updated < desired ? 'updating' : 'ready';
}

/** The state of a pod: what is over is well. */
export function podLevel({ phase, ready, reason }: PodRow): Level {
  if (phase === 'Succeeded' || (phase === 'Running' && ready)) return 'ok';
  if (phase === 'Failed' || (reason !== undefined && /BackOff|Err|Error|OOM/.test(reason))) return 'critical';
  return phase === 'Terminating' ? 'unknown' : 'attention';
}

/** How serious the state of a node is. */
export const nodeLevel = ({ ready, cordoned, pressures }: NodeRow): Level =>
  ready ? (cordoned || pressures.length > 0 ? 'attention' : 'ok') : 'critical';

/** An amount of a resource: what can be had, what is reserved, and what is used where it is measured. */
export interface Share {
  readonly allocatable: number;
  readonly requested: number;
  readonly used?: number;
}

/** A node with what its pods reserve. */
export interface NodeLoad {
  readonly node: NodeRow;
  readonly pods: number;
  readonly cpu: Share;
  readonly memory: Share;
}

const isOver = ({ phase }: PodRow): boolean => phase === 'Succeeded' || phase === 'Failed';

/** The pods that cannot start or start again and again; one that is over is left to its Job. */
export const failingPods = (pods: readonly PodRow[]): readonly PodRow[] =>
  pods.filter((pod) => !isOver(pod) && podLevel(pod) === 'critical');

/** Each node beside what its pods reserve, the fullest first. */
export function nodeLoads({ nodes, pods }: ClusterSnapshot): readonly NodeLoad[] {
  const running = pods.filter((pod) => !isOver(pod));
  const byNode = Map.groupBy(running, ({ node }) => node ?? '');
  return nodes
    .map((node) => {
      const own = byNode.get(node.name) ?? [];
      const of = (resource: 'cpu' | 'memory'): Share => ({
        allocatable: node.allocatable[resource],
        requested: own.reduce((sum, { requests }) => sum + requests[resource], 0),
        ...(node.used && { used: node.used[resource] }),
      });
      return { node, pods: own.length, cpu: of('cpu'), memory: of('memory') };
    })
    .sort((a, b) => fullness(b) - fullness(a));
}

const fullness = ({ cpu, memory }: NodeLoad): number =>
  Math.max(cpu.requested / (cpu.allocatable || 1), memory.requested / (memory.allocatable || 1));

/** All nodes as one. */
export function total(loads: readonly NodeLoad[], resource: 'cpu' | 'memory'): Share {
  const sum = (of: (share: Share) => number) => loads.reduce((all, load) => all + of(load[resource]), 0);
  const measured = loads.every((load) => load[resource].used !== undefined) && loads.length > 0;
  return {
    allocatable: sum(({ allocatable }) => allocatable),
    requested: sum(({ requested }) => requested),
    ...(measured && { used: sum(({ used = 0 }) => used) }),
  };
}

/** A namespace with what runs in it. */
export interface NamespaceLoad {
  readonly name: string;
  readonly namespace: string;
  readonly phase: string;
  readonly workloads: number;
  /** Of its workloads and pods. */
  readonly level: Level;
  /** Pods that are not over, and what they reserve. */
  readonly pods: number;
  readonly requests: { readonly cpu: number; readonly memory: number };
}

/** Each namespace beside what runs in it, those that reserve most of the CPU first. */
export function namespaceLoads({ namespaces, workloads, pods }: ClusterSnapshot): readonly NamespaceLoad[] {
  const podsOf = Map.groupBy(
    pods.filter((pod) => !isOver(pod)),
    ({ namespace }) => namespace,
  );
  const workloadsOf = Map.groupBy(workloads, ({ namespace }) => namespace);
  return namespaces
    .map(({ name, phase }): NamespaceLoad => {
      const [own, running] = [workloadsOf.get(name) ?? [], podsOf.get(name) ?? []];
      const sum = (resource: 'cpu' | 'memory') =>
        running.reduce((all, { requests }) => all + requests[resource], 0);
      return {
        ...{ name, namespace: name, phase, workloads: own.length, pods: running.length },
        level: namespaceLevel(phase, own, running),
        requests: { cpu: sum('cpu'), memory: sum('memory') },
      };
    })
    .sort((a, b) => b.requests.cpu - a.requests.cpu);
}

/** As bad as its worst workload; a pod that cannot start is a warning. */
const namespaceLevel = (phase: string, own: readonly WorkloadRow[], running: readonly PodRow[]): Level =>
  worstOf([
    ...own.map((row) => workloadHealth(row).level).filter((level) => level !== 'unknown'),
    ...(phase === 'Active' && failingPods(running).length === 0 ? [] : ['attention' as const]),
  ]);

/** What a visitor looks for. */
export interface ClusterFilter {
  /** Part of a name, in any case. */
  readonly text: string;
  /** Empty: every one. */
  readonly namespace: string;
  /** Only what is not well. */
  readonly troubled: boolean;
}

/** Whether an object is one of those that are looked for. */
export const matches = (
  { text, namespace }: ClusterFilter,
  row: { readonly name: string; readonly namespace?: string },
): boolean =>
  (namespace === '' || row.namespace === namespace) &&
  `${row.namespace ?? ''}/${row.name}`.toLowerCase().includes(text.toLowerCase());

/** One property of an object that is another than before. */
export interface Change {
  readonly property: string;
  readonly before: string;
  readonly after: string;
}

/** An object that came, went or changed between two snapshots. */
export interface Difference {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly changes: readonly Change[];
}

/** Properties that say that something has been changed, and not only that time has gone by. */
const COMPARED = {
  Node: ['ready', 'cordoned', 'version', 'allocatable', 'pressures'],
  Namespace: ['phase'],
  Workload: ['desired', 'ready', 'paused', 'reason', 'images'],
  Service: ['type', 'ports'],
  Ingress: ['class', 'addresses'],
  HorizontalPodAutoscaler: ['min', 'max', 'target', 'reason'],
  PersistentVolumeClaim: ['phase', 'bytes', 'class'],
  Application: ['sync', 'health', 'revision'],
} as const;

type Row = Readonly<Record<string, unknown>> & { readonly name: string; readonly namespace?: string };

const groupsOf = (
  snapshot: ClusterSnapshot,
): readonly (readonly [keyof typeof COMPARED, readonly Row[]])[] => [
  ['Node', snapshot.nodes],
  ['Namespace', snapshot.namespaces],
  ['Workload', snapshot.workloads],
  ['Service', snapshot.services],
  ['Ingress', snapshot.ingresses],
  ['HorizontalPodAutoscaler', snapshot.autoscalers],
  ['PersistentVolumeClaim', snapshot.claims],
  ['Application', snapshot.applications],
];

/** What is otherwise in the later of two snapshots. Pods come and go with their workloads, and are left out. */
export function differencesOf(before: ClusterSnapshot, after: ClusterSnapshot): readonly Difference[] {
  const earlier = new Map(groupsOf(before));
  return groupsOf(after).flatMap(([kind, rows]) => differencesIn(kind, earlier.get(kind) ?? [], rows));
}

const keyOf = (row: Row): string => `${row.kind ?? ''}/${row.namespace ?? ''}/${row.name}`;

function differencesIn(
  kind: keyof typeof COMPARED,
  before: readonly Row[],
  after: readonly Row[],
): Difference[] {
  const [was, is] = [before, after].map((rows) => new Map(rows.map((row) => [keyOf(row), row])));
  const about = (row: Row) => ({
    ...{ kind: typeof row.kind === 'string' ? row.kind : kind, name: row.name },
    ...(row.namespace !== undefined && { namespace: row.namespace }),
  });
  const gone = before.filter((row) => !is?.has(keyOf(row)));
  const come = after.filter((row) => !was?.has(keyOf(row)));
  const changed = after.flatMap((row): Difference[] => {
    const changes = changesOf(COMPARED[kind], was?.get(keyOf(row)), row);
    return changes.length === 0 ? [] : [{ ...about(row), change: 'changed', changes }];
  });
  return [
    ...come.map((row): Difference => ({ ...about(row), change: 'added', changes: [] })),
    ...changed,
    ...gone.map((row): Difference => ({ ...about(row), change: 'removed', changes: [] })),
  ];
}

function changesOf(properties: readonly string[], before: Row | undefined, after: Row): Change[] {
  if (before === undefined) return [];
  return properties
    .map((property) => ({ property, before: shown(before[property]), after: shown(after[property]) }))
    .filter((change) => change.before !== change.after);
}

function shown(value: unknown): string {
  if (value === undefined) return '–';
  if (Array.isArray(value)) return value.join(', ') || '–';
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, each]) => `${key} ${each}`)
      .join(', ');
  return String(value);
}
