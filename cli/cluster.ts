/** `cluster`: a real Kubernetes for tests and for trying things. */
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../packages/contracts/errors.ts';
import { type AddonName, addonNames, installAddon } from '../test/bed/addons/optional.ts';
import { leftovers } from '../test/bed/built/leftovers.ts';
import { BedError, type ClusterOptions, type ProviderName } from '../test/bed/cluster.ts';
import { CommandError } from '../test/bed/lib/run.ts';
import { closeCluster, defaultName, findCluster, openCluster } from '../test/bed/provide.ts';

const usage = `usage: npm run cluster -- up | down | status | kubeconfig [options]
  up           start a cluster, or take the running one
  down         stop it and remove all it left, also after a crash
  status       nodes and pods; ends with 1 where none runs
  kubeconfig   print the path of its kubeconfig
options
  --name NAME          which one (${defaultName})
  --provider PROVIDER  given (KUBECONFIG), kind (Docker) or built (from source, needs root);
                       the first of these that can be used here
  --kwok N             simulated nodes beside the real one (0; built only)
  --with ADDON         metrics-server, prometheus, prometheus-adapter or traefik, built from source;
                       may be given again
  --yes                do not ask before changing a given cluster
`;

const providerNames: readonly string[] = ['given', 'kind', 'built'] satisfies ProviderName[];
const isProvider = (name: string): name is ProviderName => providerNames.includes(name);

const isAddon = (name: string): name is AddonName => (addonNames as readonly string[]).includes(name);

interface Asked {
  readonly verb: string;
  readonly addons: readonly AddonName[];
  readonly options: ClusterOptions & { readonly name: string };
}

function parse(argv: string[]): Asked {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      name: { type: 'string', default: defaultName },
      provider: { type: 'string' },
      kwok: { type: 'string', default: '0' },
      with: { type: 'string', multiple: true, default: [] },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { name, provider, kwok, yes, with: addons } = values;
  const faults: string[] = [];
  const verb = values.help ? 'help' : (positionals[0] ?? '');
  if (positionals.length > 1) faults.push(`one command at a time, not '${positionals.join(' ')}'`);
  if (!/^\d{1,4}$/.test(kwok)) faults.push(`'--kwok' (${kwok}) must be a count from 0 to 9999`);
  if (provider !== undefined && !isProvider(provider))
    faults.push(`'--provider' (${provider}) must be one of ${providerNames.join(', ')}`);
  for (const addon of addons.filter((one) => !isAddon(one)))
    faults.push(`'--with' (${addon}) must be one of ${addonNames.join(', ')}`);
  if (faults.length > 0) throw new ConfigurationError('cluster', faults);
  const chosen = provider !== undefined && isProvider(provider) ? { provider } : {};
  return { verb, addons: addons.filter(isAddon), options: { name, kwokNodes: Number(kwok), yes, ...chosen } };
}

async function up({ options, addons }: Asked): Promise<number> {
  const began = performance.now();
  const cluster = await openCluster(options);
  for (const addon of addons) await installAddon(cluster, addon);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`cluster '${cluster.name}' (${cluster.provider}) is up after ${seconds} s\n`);
  process.stdout.write(`export KUBECONFIG=${cluster.kubeconfig}\n`);
  return 0;
}

async function down({ options }: Asked): Promise<number> {
  await closeCluster(options.name);
  const left = await leftovers(options.name);
  process.stdout.write(
    left.length === 0 ? `cluster '${options.name}' is gone\n` : `left behind:\n${left.join('\n')}\n`,
  );
  return left.length === 0 ? 0 : 1;
}

async function status({ options }: Asked): Promise<number> {
  const cluster = await findCluster(options.name);
  if (cluster === undefined) {
    const left = await leftovers(options.name);
    process.stdout.write(
      `no cluster '${options.name}' runs${left.length > 0 ? `, but it left:\n${left.join('\n')}` : ''}\n`,
    );
    return 1;
  }
  const nodes = await cluster.kubectl(['get', 'nodes', '-o', 'wide']);
  const pods = await cluster.kubectl(['get', 'pods', '-A']);
  process.stdout.write(
    `cluster '${cluster.name}' (${cluster.provider})\n${nodes.stdout}\n${pods.stdout || pods.stderr}`,
  );
  return 0;
}

async function kubeconfig({ options }: Asked): Promise<number> {
  const cluster = await findCluster(options.name);
  if (cluster === undefined) throw new BedError(`no cluster '${options.name}' runs: npm run cluster -- up`);
  process.stdout.write(`${cluster.kubeconfig}\n`);
  return 0;
}

const verbs: Readonly<Record<string, (asked: Asked) => Promise<number>>> = { up, down, status, kubeconfig };

/** @returns the exit code: 0 done, 1 failed, 2 asked wrongly */
export async function runCluster(argv: string[]): Promise<number> {
  const asked = parse(argv);
  const verb = verbs[asked.verb];
  if (verb === undefined) {
    process.stdout.write(usage);
    return asked.verb === 'help' ? 0 : 2;
  }
  try {
    return await verb(asked);
  } catch (error) {
    if (!(error instanceof BedError || error instanceof CommandError)) throw error;
    process.stderr.write(`cluster: ${error.message}\n`);
    return 1;
  }
}
