/** `sluice bootstrap`: from nothing to a cluster that follows its repository. */
import { fileURLToPath } from 'node:url';
import type { Application } from '../apps/application.ts';
import { applications } from '../apps/main.ts';
import type { Environment } from '../environments/environment.ts';
import { environments } from '../environments/index.ts';
import { type AddonName, charts } from '../environments/versions.ts';
import { type ProviderName, TestbedError } from '../packages/testbed/cluster.ts';
import { CommandError } from '../packages/testbed/lib/run.ts';
import { defaultName } from '../packages/testbed/provide.ts';
import { OptionReader, parseOptions } from './arguments.ts';
import { type MachineLike, type OpenOptions, thisMachine } from './bootstrap/machine.ts';
import { type ClusterChoice, machineFaults, providerOf, wantedFaults } from './bootstrap/preflight.ts';
import { planText, runSteps } from './bootstrap/steps.ts';
import { type BootstrapInput, objectsIn } from './bootstrap/wanted.ts';

const help = `usage: sluice bootstrap ENVIRONMENT [options]

From nothing to a cluster that follows its repository: the cluster, name resolution, namespaces, generated
Secrets, Argo CD, its credential, the root Application. Every step looks first whether it is done, so a run that
was stopped goes on where it stopped, and one more changes nothing.

  --dry-run            print what each step would do; needs no cluster and changes nothing
  --context NAME       confirms the name of the cluster that KUBECONFIG gives   (asked for)
  --name NAME          which one, where it is not given                         (${defaultName})
  --provider PROVIDER  existing, kind or from-source: see npx sluice cluster --help
  --argo-cd ORIGIN     chart: the pinned chart by helm; present: another runs it (chart)
  --chart ADDON=PATH   a chart by path, in place of its repository; may be given again
  --timeout DURATION   for every Application to be Synced and Healthy           (30m)
  --no-wait            do not wait for them

  npx sluice bootstrap local
  npx sluice bootstrap production --dry-run
`;

/** Where the desired state comes from, and what runs the tools. */
export interface Sources {
  readonly environments: readonly Environment[];
  readonly applications: readonly Application[];
  /** The rendered manifests. */
  readonly dist: string;
  readonly machine: MachineLike;
}

const checkout: Sources = {
  environments,
  applications,
  dist: fileURLToPath(new URL('../dist', import.meta.url)),
  machine: thisMachine,
};

interface BootstrapOptions {
  readonly wanted: BootstrapInput;
  readonly choice: ClusterChoice;
  readonly name: string;
  readonly dryRun: boolean;
}

/**
 * `sluice bootstrap`. @returns 0 done, 1 a step failed
 * @throws {ConfigurationError} with every fault of the options, the environment and this machine
 */
export async function runBootstrap(argv: string[], sources: Sources = checkout): Promise<number> {
  const { machine } = sources;
  const asked = await parse(argv, sources);
  if (asked === undefined) {
    machine.print(help);
    return 0;
  }
  if (asked.dryRun) return dryRun(asked, machine);
  const provider = providerOf(asked.wanted, asked.choice);
  const options: OpenOptions = {
    name: asked.name,
    yes: asked.choice.context !== undefined,
    ...(provider !== undefined && { provider }),
  };
  try {
    await runSteps(asked.wanted, machine, options);
    return 0;
  } catch (error) {
    if (!(error instanceof TestbedError || error instanceof CommandError)) throw error;
    machine.say(`${error.message}\nThe same command goes on from here.`);
    return 1;
  }
}

/** Requirements whose absence stops a run, but not a dry run. */
async function dryRun({ wanted, choice, name }: BootstrapOptions, machine: MachineLike): Promise<number> {
  const asked = providerOf(wanted, choice);
  const provider = asked ?? (await machine.provider().catch(() => 'kind' as const));
  machine.print(planText(wanted, machine, { name, provider }, clusterLine(wanted, provider, name)));
  const faults = await machineFaults(wanted, machine, choice);
  if (faults.length > 0) machine.print(`\nmissing here:\n${faults.map((one) => `      ${one}\n`).join('')}`);
  return 0;
}

function clusterLine({ environment: { aws } }: BootstrapInput, provider: ProviderName, name: string): string {
  const lines: Readonly<Record<ProviderName, string>> = {
    existing: `take the one that KUBECONFIG names${aws === undefined ? '' : ` (${aws.clusterName} in ${aws.region})`}, once its name is confirmed`,
    kind: `kind: start or take 'sluice-${name}', one control plane and two workers`,
    'from-source': `start or take '${name}', one node built from source`,
  };
  return lines[provider];
}

const options = {
  'dry-run': { type: 'boolean', default: false },
  context: { type: 'string' },
  name: { type: 'string' },
  provider: { type: 'string' },
  'argo-cd': { type: 'string', default: 'chart' },
  chart: { type: 'string', multiple: true, default: [] as string[] },
  timeout: { type: 'string', default: '30m' },
  'no-wait': { type: 'boolean', default: false },
  help: { type: 'boolean' },
} as const;

async function parse(argv: string[], sources: Sources): Promise<BootstrapOptions | undefined> {
  const { values, positionals } = parseOptions('bootstrap', argv, options, true);
  if (values.help) return undefined;
  const reader = new OptionReader('bootstrap');
  const environment = environmentOf(reader, positionals, sources.environments);
  const origins = ['chart', 'present'] as const;
  reader.oneOf('argo-cd', values['argo-cd'], origins);
  const given = chartsOf(reader, values.chart);
  const provider = providerNamed(reader, values.provider);
  const seconds = reader.duration('timeout', values.timeout);
  if (environment === undefined) {
    reader.check();
    return undefined;
  }
  const wanted: BootstrapInput = {
    environment,
    applications: sources.applications,
    objects: objectsIn(sources.dist, environment.name),
    argoCd: values['argo-cd'] === 'present' ? 'present' : 'chart',
    charts: given,
    waitSeconds: values['no-wait'] ? undefined : seconds,
  };
  const choice = { provider, context: values.context };
  const faults = values['dry-run'] ? [] : await machineFaults(wanted, sources.machine, choice);
  for (const fault of [...wantedFaults(wanted), ...faults]) reader.fault(fault);
  reader.check();
  // The consent to a cloud's cluster is its own, not that of a cluster to try things on.
  const name = values.name ?? (environment.aws === undefined ? defaultName : environment.name);
  return { wanted, choice, name, dryRun: values['dry-run'] };
}

function environmentOf(
  reader: OptionReader,
  [name, ...rest]: readonly string[],
  known: readonly Environment[],
): Environment | undefined {
  const all = known.map((one) => one.name).join(', ');
  if (name === undefined) reader.fault(`name an environment: ${all}`);
  if (rest.length > 0) reader.fault(`one environment at a time, not '${[name, ...rest].join(' ')}'`);
  const found = known.find((one) => one.name === name);
  if (name !== undefined && found === undefined)
    reader.fault(`'environment' (${name}) must be one of: ${all}`);
  return found;
}

const providers: readonly ProviderName[] = ['existing', 'kind', 'from-source'];

function providerNamed(reader: OptionReader, name: string | undefined): ProviderName | undefined {
  if (name !== undefined) reader.oneOf('provider', name, providers);
  return providers.find((one) => one === name);
}

const isAddon = (name: string): name is AddonName => Object.hasOwn(charts, name);

function chartsOf(reader: OptionReader, pairs: readonly string[]): Map<AddonName, string> {
  const given = new Map<AddonName, string>();
  for (const pair of pairs) {
    const [name = '', path = ''] = pair.split(/=(.*)/s);
    if (isAddon(name) && path !== '') given.set(name, path);
    else reader.fault(`'--chart' (${pair}) must be such as argo-cd=./argo-cd-10.1.1.tgz`);
  }
  return given;
}
