/** Finds everything that would stop a run, before anything is changed. */
import { parse } from 'yaml';
import { type AddonName, charts } from '../../environments/versions.ts';
import { type ProviderName, TestbedError } from '../../packages/testbed/cluster.ts';
import type { MachineLike } from './machine.ts';
import { firstObjects, needsKey } from './repository.ts';
import type { BootstrapInput } from './wanted.ts';

/** The charts of Argo CD 3 ask for it. */
const HELM = { major: 3, minor: 18 };
const HELM_PAGE = 'https://helm.sh/docs/intro/install/';

/** The cluster that the command line names. */
export interface ClusterChoice {
  readonly provider: ProviderName | undefined;
  /** The confirmed name of a given cluster. */
  readonly context: string | undefined;
}

/** What the environment itself lacks, whatever the machine. */
export function wantedFaults(wanted: BootstrapInput): string[] {
  const { name, addons, repository, secrets } = wanted.environment;
  const faults: string[] = [];
  if (firstObjects(wanted).length < 2)
    faults.push(`dist/${name}/argocd/root has no root Application: npm run synth`);
  if (wanted.argoCd === 'chart' && !addons.includes('argo-cd'))
    faults.push(`'addons' of ${name} has no argo-cd: '--argo-cd' must be present`);
  if (needsKey(wanted.environment) && secrets.kind !== 'external')
    faults.push(`'repository' (${repository.repoURL}) needs a key, and '${name}' has no secret store`);
  return faults;
}

/** What this machine lacks. */
export async function machineFaults(
  wanted: BootstrapInput,
  machine: MachineLike,
  choice: ClusterChoice,
): Promise<string[]> {
  const all = await Promise.all([helmFaults(wanted, machine), clusterFaults(wanted, machine, choice)]);
  return all.flat();
}

async function helmFaults(wanted: BootstrapInput, machine: MachineLike): Promise<string[]> {
  if (wanted.argoCd === 'present' && !needsKey(wanted.environment)) return [];
  const at = `helm >= ${HELM.major}.${HELM.minor} is needed on the PATH`;
  const said = await machine.helm(['version', '--short']).catch(() => undefined);
  if (said === undefined) return [`${at}: ${HELM_PAGE}`];
  const [, major = 0, minor = 0] = (/^v(\d+)\.(\d+)/.exec(said.stdout.trim()) ?? []).map(Number);
  if (major < HELM.major || (major === HELM.major && minor < HELM.minor))
    return [`${at}, not '${said.stdout.trim()}': ${HELM_PAGE}`];
  const faults = await Promise.all(
    [...wanted.charts].map(([name, path]) => chartFaults(machine, name, path)),
  );
  return faults.flat();
}

/** A chart by path is the pinned one, or it is refused: Argo CD would change it at once. */
async function chartFaults(machine: MachineLike, name: AddonName, path: string): Promise<string[]> {
  const shown = await machine.helm(['show', 'chart', path]).catch(() => undefined);
  if (shown === undefined) return [`'--chart' (${name}=${path}) must be the path of a chart`];
  const found = parse(shown.stdout) as { name?: string; version?: string };
  const { chart, version } = charts[name];
  if (found.name === chart && found.version === version) return [];
  return [`'--chart' (${name}=${path}) must be ${chart} ${version}, not ${found.name} ${found.version}`];
}

/** The cluster of a cloud is made by others, and given. */
export const providerOf = (wanted: BootstrapInput, { provider }: ClusterChoice): ProviderName | undefined =>
  wanted.environment.aws === undefined ? provider : 'existing';

async function clusterFaults(
  wanted: BootstrapInput,
  machine: MachineLike,
  choice: ClusterChoice,
): Promise<string[]> {
  const { name, aws } = wanted.environment;
  if (aws !== undefined && choice.provider !== undefined && choice.provider !== 'existing')
    return [`'--provider' (${choice.provider}) must be given: '${name}' runs on ${aws.clusterName}`];
  try {
    const provider = await machine.provider(providerOf(wanted, choice));
    return await contextFaults(machine, choice, provider);
  } catch (error) {
    if (!(error instanceof TestbedError)) throw error;
    return [error.message.replaceAll('\n', ' ')];
  }
}

async function contextFaults(
  machine: MachineLike,
  { context }: ClusterChoice,
  provider: ProviderName,
): Promise<string[]> {
  if (provider !== 'existing')
    return context === undefined ? [] : [`'--context' (${context}) must be left out: no KUBECONFIG is given`];
  const current = await machine.context().catch(() => undefined);
  if (current === undefined) return ['KUBECONFIG has no current context that kubectl on the PATH can tell'];
  if (context === undefined || context === current) return [];
  return [`'--context' (${context}) must be that of KUBECONFIG: ${current}`];
}
