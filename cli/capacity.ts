import { desiredState } from '../apps/main.ts';
import { render } from '../apps/rendering.ts';
import { type Capacity, capacityOf, type Nodes, poolsOf } from '../packages/analysis/capacity/capacity.ts';
import { ANY_POOL, type NodeSize, parseNodeSize } from '../packages/analysis/capacity/nodes.ts';
import { jsonReport, sectionsOf } from '../packages/analysis/capacity/report.ts';
import { markdownOf, textOf } from '../packages/analysis/report/markup.ts';
import type { Files } from '../packages/manifests/manifests.ts';
import { snapshotOf } from '../packages/manifests/objects.ts';
import { OptionReader, parseOptions } from './arguments.ts';

const help = `usage: sluice capacity [options]

What the desired state asks of the nodes: requests, limits and priorities by namespace and node pool, at min and
max replicas, and who goes first when the nodes are full. Needs no cluster.

  --environment NAME   one environment                                      (all)
  --node SIZE          what pods may ask of one node: cpu=4,memory=16Gi,pods=110
  --nodes N            how many such nodes: who stays Pending, who is preempted
  --pool NAME          whose pods are tried on them                         (${ANY_POOL})
  --format FORMAT      text | markdown | json                               (text)

  npx sluice capacity --environment production
  npx sluice capacity --node cpu=4,memory=16Gi --nodes 3
`;

const title = ({ environment }: Capacity): string => `Capacity of ${environment}`;

const formats: Readonly<Record<string, (all: readonly Capacity[]) => string>> = {
  text: (all) => all.map((one) => textOf(title(one), sectionsOf(one))).join('\n'),
  markdown: (all) => all.map((one) => markdownOf(title(one), sectionsOf(one))).join('\n'),
  json: jsonReport,
};

/** What the work tree wants: path below dist/ -> text. */
export type Render = () => Files;

const wanted: Render = () => render(desiredState);

interface CapacityOptions {
  readonly environment: string | undefined;
  readonly files: Files;
  readonly nodes: Nodes | undefined;
  readonly report: (all: readonly Capacity[]) => string;
}

/** `sluice capacity`. @returns 0 @throws {ConfigurationError} with every fault of the options */
export async function runCapacity(argv: string[], files: Render = wanted): Promise<number> {
  const asked = parse(argv, files);
  if (asked === undefined) {
    process.stdout.write(help);
    return 0;
  }
  const { objects } = snapshotOf('working tree', asked.files);
  const environmentsOf = Map.groupBy(objects.values(), ({ environment }) => environment);
  const wanted = [...environmentsOf].filter(([name]) => name === (asked.environment ?? name));
  const capacities = wanted.map(([name, all]) => capacityOf(name, all, asked.nodes));
  checkPool(asked.nodes, capacities);
  process.stdout.write(asked.report(capacities));
  return 0;
}

/** A misspelt pool would have no pods, and so fit. */
function checkPool(nodes: Nodes | undefined, capacities: readonly Capacity[]): void {
  const reader = new OptionReader('capacity');
  const pools = poolsOf(capacities.flatMap(({ groups }) => groups));
  if (nodes !== undefined) reader.oneOf('pool', nodes.pool, pools);
  reader.check();
}

function parse(argv: string[], rendered: Render): CapacityOptions | undefined {
  const { values } = parseOptions('capacity', argv, {
    environment: { type: 'string' },
    node: { type: 'string' },
    nodes: { type: 'string' },
    pool: { type: 'string', default: ANY_POOL },
    format: { type: 'string', default: 'text' },
    help: { type: 'boolean' },
  });
  if (values.help) return undefined;
  const { environment, node, nodes, pool, format } = values;
  const reader = new OptionReader('capacity');
  const files = rendered();
  const known = [...new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''))];
  if (environment !== undefined) reader.oneOf('environment', environment, known);
  reader.oneOf('format', format, Object.keys(formats));
  const size = node === undefined ? undefined : nodeSize(reader, node);
  if (node === undefined && nodes !== undefined) reader.fault(`'--nodes' (${nodes}) needs '--node'`);
  const count = nodes === undefined ? undefined : reader.count('nodes', nodes, 1);
  reader.check();
  const report = formats[format] ?? jsonReport;
  return { environment, files, report, nodes: size === undefined ? undefined : { size, count, pool } };
}

/** Every fault goes to the reader. */
function nodeSize(reader: OptionReader, text: string): NodeSize | undefined {
  const parsed = parseNodeSize(text);
  if (!('faults' in parsed)) return parsed;
  for (const fault of parsed.faults) reader.fault(`'--node' (${text}) ${fault}`);
  return undefined;
}
