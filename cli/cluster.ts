/** `cluster`: a real Kubernetes for tests and for trying things. */
import { applications } from '../apps/main.ts';
import { systemIn } from '../apps/rendering.ts';
import { environments } from '../environments/index.ts';
import { type AddonName, addonNames, installAddon } from '../packages/testbed/addons/optional.ts';
import {
  type Cluster,
  type ClusterOptions,
  type ProviderName,
  TestbedError,
} from '../packages/testbed/cluster.ts';
import { leftovers } from '../packages/testbed/from-source/down.ts';
import { CommandError } from '../packages/testbed/lib/run.ts';
import { closeCluster, defaultName, findCluster, openCluster } from '../packages/testbed/provide.ts';
import { OptionReader, parseOptions } from './arguments.ts';
import { localEnvironment } from './local-environment.ts';

const usage = `usage: sluice cluster up | down | status | kubeconfig [options]

Starts and stops a Kubernetes on this machine, for the tests and for trying things out.

  up                   start a cluster, or take the running one
  down                 stop it and remove all it left, also after a crash
  status               nodes and pods; ends with 1 where none runs
  kubeconfig           print the path of its kubeconfig

  --name NAME          which one (${defaultName})
  --provider PROVIDER  existing (KUBECONFIG), kind (Docker) or from-source (Linux, needs root);
                       the first of these that can be used here
  --kwok N             simulated nodes beside the real one (0; from-source only)
  --with ADDON         metrics-server, prometheus, prometheus-adapter or traefik, built from source;
                       may be given again
  --yes                do not ask before changing an existing cluster
  --format FORMAT      of the status: text | json (text)

  npx sluice cluster up --with prometheus
  export KUBECONFIG=$(npx sluice cluster kubeconfig)
  npx sluice cluster status --format json
`;

const providerNames: readonly string[] = ['existing', 'kind', 'from-source'] satisfies ProviderName[];
const isProvider = (name: string): name is ProviderName => providerNames.includes(name);

const isAddon = (name: string): name is AddonName => (addonNames as readonly string[]).includes(name);

interface ClusterCommand {
  readonly verb: string;
  readonly addons: readonly AddonName[];
  readonly format: string;
  readonly options: ClusterOptions & { readonly name: string };
}

function parse(argv: string[]): ClusterCommand {
  const options = {
    name: { type: 'string', default: defaultName },
    provider: { type: 'string' },
    kwok: { type: 'string', default: '0' },
    with: { type: 'string', multiple: true, default: [] as string[] },
    yes: { type: 'boolean', default: false },
    format: { type: 'string', default: 'text' },
    help: { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = parseOptions('cluster', argv, options, true);
  const { name, provider, kwok, yes, format, with: addons } = values;
  const reader = new OptionReader('cluster');
  const verb = values.help ? 'help' : (positionals[0] ?? '');
  if (positionals.length > 1) reader.fault(`one command at a time, not '${positionals.join(' ')}'`);
  if (verb !== 'help') reader.word(verb, Object.keys(verbs));
  if (!/^\d{1,4}$/.test(kwok)) reader.fault(`'--kwok' (${kwok}) must be a count from 0 to 9999`);
  reader.oneOf('format', format, ['text', 'json']);
  if (provider !== undefined) reader.oneOf('provider', provider, providerNames);
  for (const addon of addons) reader.oneOf('with', addon, addonNames);
  reader.check();
  const chosen = provider !== undefined && isProvider(provider) ? { provider } : {};
  return {
    ...{ verb, format, addons: addons.filter(isAddon) },
    options: { name, kwokNodes: Number(kwok), yes, ...chosen },
  };
}

async function up({ options, addons }: ClusterCommand): Promise<number> {
  const began = performance.now();
  const cluster = await openCluster(options);
  if (addons.length > 0) {
    const environment = localEnvironment('cluster', environments);
    const wanted = { environment, system: systemIn(environment, applications) };
    for (const addon of addons) await installAddon(cluster, addon, wanted);
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`cluster '${cluster.name}' (${cluster.provider}) is up after ${seconds} s\n`);
  process.stdout.write(`export KUBECONFIG=${cluster.kubeconfig}\n`);
  return 0;
}

async function down({ options }: ClusterCommand): Promise<number> {
  await closeCluster(options.name);
  const left = await leftovers(options.name);
  process.stdout.write(
    left.length === 0 ? `cluster '${options.name}' is gone\n` : `left behind:\n${left.join('\n')}\n`,
  );
  return left.length === 0 ? 0 : 1;
}

async function status({ options, format }: ClusterCommand): Promise<number> {
  const cluster = await findCluster(options.name);
  const left = cluster === undefined ? await leftovers(options.name) : [];
  process.stdout.write(
    format === 'json'
      ? `${JSON.stringify(await statusFacts(options.name, cluster, left), null, 2)}\n`
      : await statusText(options.name, cluster, left),
  );
  return cluster === undefined ? 1 : 0;
}

async function statusText(
  name: string,
  cluster: Cluster | undefined,
  left: readonly string[],
): Promise<string> {
  if (cluster === undefined)
    return `no cluster '${name}' runs${left.length > 0 ? `, but it left:\n${left.join('\n')}` : ''}\n`;
  const nodes = await cluster.kubectl(['get', 'nodes', '-o', 'wide']);
  const pods = await cluster.kubectl(['get', 'pods', '-A']);
  return `cluster '${cluster.name}' (${cluster.provider})\n${nodes.stdout}\n${pods.stdout || pods.stderr}`;
}

async function statusFacts(name: string, cluster: Cluster | undefined, left: readonly string[]) {
  if (cluster === undefined) return { name, running: false, leftovers: left };
  const listed = async (kind: string): Promise<unknown> =>
    JSON.parse((await cluster.kubectl(['get', kind, '-A', '-o', 'json'])).stdout).items;
  const { provider, kubeconfig } = cluster;
  const [nodes, pods] = [await listed('nodes'), await listed('pods')];
  return { name, running: true, provider, kubeconfig, nodes, pods };
}

async function kubeconfig({ options }: ClusterCommand): Promise<number> {
  const cluster = await findCluster(options.name);
  if (cluster === undefined)
    throw new TestbedError(`no cluster '${options.name}' runs: npx sluice cluster up`);
  process.stdout.write(`${cluster.kubeconfig}\n`);
  return 0;
}

const verbs: Readonly<Record<string, (asked: ClusterCommand) => Promise<number>>> = {
  up,
  down,
  status,
  kubeconfig,
};

/** @returns the exit code: 0 done, 1 failed, 2 asked wrongly */
export async function runCluster(argv: string[]): Promise<number> {
  const asked = parse(argv);
  const verb = verbs[asked.verb];
  if (verb === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    return await verb(asked);
  } catch (error) {
    if (!(error instanceof TestbedError || error instanceof CommandError)) throw error;
    process.stderr.write(`cluster: ${error.message}\n`);
    return 1;
  }
}
