import { baseOf, highestFloor, type Policy } from '@sluice/policy';
import type { System } from '../../../apps/application.ts';
import type { ScalerKind } from '../../../charts/scaling.ts';

/** What the picture needs to know of an application. */
export interface Delivered {
  readonly name: string;
  readonly parent: string;
  readonly namespace: string;
}

/** Applications and their system, as one environment has them. */
export interface ArchitectureInput {
  readonly environment: string;
  readonly applications: readonly Delivered[];
  readonly system: Pick<System, 'connections' | 'brokerUsers' | 'scaled'>;
  /** The namespaces of the broker, of the scaler and of Prometheus. */
  readonly broker: string;
  readonly scaler: string;
  readonly monitoring: string;
}

type End = System['connections'][number]['from'];

/** Lets text stand in a quoted label. @see https://mermaid.js.org/syntax/flowchart.html */
const label = (text: string): string => `"${text.replaceAll('"', '#quot;')}"`;

/**
 * A flowchart in Mermaid's language: which workload takes from which queue, what the scaler scales between which counts,
 * and which other workloads connect to each other. DNS lookups, addresses outside the cluster and the connections of
 * addons among themselves are left out.
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function architectureOf(wanted: ArchitectureInput): string {
  const edges = [...deliveries(wanted), ...messages(wanted), ...scalings(wanted), ...others(wanted)];
  const lines = Map.groupBy(edges, ([from, arrow]) => `  ${from} ${arrow} `);
  const targets = (of: readonly Edge[]): string => [...new Set(of.map(([, , to]) => to))].join(' & ');
  return ['flowchart LR', ...groups(wanted), ...[...lines].map(([begin, of]) => begin + targets(of))].join(
    '\n',
  );
}

/** Those of one source and arrow stand on one line. */
type Edge = readonly [from: string, arrow: string, to: string];

const inCluster = ({ applications, monitoring }: ArchitectureInput): readonly Delivered[] => {
  const own = applications.filter(({ name, namespace }) => name === namespace && namespace !== monitoring);
  return own.filter(({ parent }) => parent !== 'addons');
};

function groups(wanted: ArchitectureInput): string[] {
  const members = inCluster(wanted);
  const parents = [...new Set(members.map(({ parent }) => parent))];
  return [
    `  git[(${label(`dist/${wanted.environment}`)})]`,
    ...parents.flatMap((parent) => [
      `  subgraph ${parent}`,
      `    ${members.flatMap((one) => (one.parent === parent ? one.name : [])).join('; ')}`,
      '  end',
    ]),
  ];
}

const deliveries = (wanted: ArchitectureInput): Edge[] => [
  ['git', '-->', `argocd[${label('Argo CD')}]`],
  ...inCluster(wanted).map(({ parent }): Edge => ['argocd', '-->', parent]),
];

const messages = ({ system: { brokerUsers }, broker }: ArchitectureInput): Edge[] =>
  brokerUsers.flatMap(({ name, publishes = [], consumes = [], monitors = false }): Edge[] => [
    ...publishes.map((queue): Edge => [name, `-- ${label(queue)} -->`, broker]),
    ...consumes.map((queue): Edge => [broker, `-- ${label(queue)} -->`, name]),
    ...(monitors ? [[broker, `-. ${label('counts')} .->`, name] as const] : []),
  ]);

const scalings = ({ system: { scaled }, scaler }: ArchitectureInput): Edge[] =>
  scaled.flatMap(({ scaler: owner, workload: { target, policy } }): Edge[] =>
    target.kind === 'process'
      ? []
      : [[OWNERS[owner] ?? scaler, `== ${label(span(target.kind, policy))} ==>`, target.name]],
  );

/** What scales beside the own scaler, as nodes of the picture. */
const OWNERS: Readonly<Partial<Record<ScalerKind, string>>> = {
  hpa: `hpa[${label('HPA')}]`,
  keda: `keda[${label('KEDA')}]`,
};

function span(kind: 'deployment' | 'hpa', policy: Policy): string {
  const { minReplicas, maxReplicas } = baseOf(policy);
  if (kind === 'deployment') return `${minReplicas} to ${maxReplicas} replicas`;
  const floor = policy.kind === 'schedule' ? highestFloor(policy) : maxReplicas;
  return `minimum ${minReplicas} to ${floor}`;
}

/** The namespace of pods; none of an address. */
const namespaceOf = (end: End): string | undefined => ('namespace' in end ? end.namespace : undefined);

/** Connections that carry no messages: ingress, and what Prometheus scrapes. */
function others(wanted: ArchitectureInput): Edge[] {
  const { system, broker, monitoring } = wanted;
  const shown = new Set(inCluster(wanted).map(({ namespace }) => namespace));
  return system.connections.flatMap(({ from, to }): Edge[] => {
    const [source, target] = [namespaceOf(from), namespaceOf(to)];
    if (source === undefined || target === undefined || !shown.has(target) || source === target) return [];
    if (source === monitoring) return [[`prometheus[${label('Prometheus')}]`, '-.->', target]];
    return target === broker && shown.has(source) ? [] : [[source, '-->', target]];
  });
}
