import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Cluster, type Provider, TestbedError } from '../cluster.ts';
import { applyWith } from '../lib/definitions.ts';
import { forget, stateDir } from '../lib/dirs.ts';
import { answers, type RunOptions, run } from '../lib/run.ts';
import { step } from '../lib/say.ts';

interface Config {
  readonly nodes: readonly { readonly role: string; readonly extraPortMappings?: readonly object[] }[];
}

/** The cluster to try things on. A port has one listener: clusters of tests use other ports. */
const ENTRANCE = 'sluice';

/** Whether the node ports of the ingress controller are at the usual ports of this machine. */
export const hasUsualPorts = (name: string): boolean => name === ENTRANCE;

/** kind's configuration of the cluster of that name. @see https://kind.sigs.k8s.io/docs/user/configuration/ */
export function configOf(name: string): string {
  const text = readFileSync(join(import.meta.dirname, '..', 'kind.yaml'), 'utf8');
  if (hasUsualPorts(name)) return text;
  const config = parse(text) as Config;
  return stringify({ ...config, nodes: config.nodes.map(({ role }) => ({ role })) });
}

/** Its own name: a cluster from source may be called the same. */
const kubeconfigOf = (name: string) => join(stateDir(name), 'kind.kubeconfig');
const clusterName = (name: string) => `sluice-${name}`;

/** The control plane's container has the network in which pod and Service addresses answer. */
async function within(name: string, command: readonly string[], options: RunOptions) {
  const container = `${clusterName(name)}-control-plane`;
  const { stdout } = await run(['docker', 'inspect', '--format', '{{.State.Pid}}', container]);
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive', '--preserve-env'];
  return run([...asRoot, 'nsenter', `--net=/proc/${stdout.trim()}/ns/net`, ...command], options);
}

function kindCluster(name: string): Cluster {
  const kubeconfig = kubeconfigOf(name);
  const kubectl: Cluster['kubectl'] = (args, options = {}) =>
    run(['kubectl', ...args], { ...options, env: { ...options.env, KUBECONFIG: kubeconfig } });
  return {
    name,
    provider: 'kind',
    kubeconfig,
    kubectl,
    exec: (command, options = {}) => within(name, command, options),
    image: async (archive) => {
      await run(['kind', 'load', 'image-archive', archive, '--name', clusterName(name)], { seconds: 600 });
    },
    apply: (objects) => applyWith(kubectl, objects),
    stop: () => remove(name),
  };
}

async function exists(name: string): Promise<boolean> {
  const { stdout } = await run(['kind', 'get', 'clusters'], { check: false });
  return stdout.split('\n').includes(clusterName(name));
}

async function remove(name: string): Promise<void> {
  if (await exists(name)) await run(['kind', 'delete', 'cluster', '--name', clusterName(name)]);
  forget(name, kubeconfigOf(name));
}

/** Runs a cluster in Docker, by kind. */
export const kindProvider: Provider = {
  name: 'kind',
  unavailable: async () => {
    if (!(await answers(['docker', 'info']))) return 'no Docker engine answers';
    if (!(await answers(['kind', 'version']))) return 'kind is not installed (https://kind.sigs.k8s.io)';
    return (await answers(['kubectl', 'version', '--client'])) ? undefined : 'kubectl is not installed';
  },
  up: async ({ name, kwokNodes }) => {
    if (kwokNodes)
      throw new TestbedError(
        `'kwokNodes' (${kwokNodes}) must be 0 with kind: only a cluster from source has them`,
      );
    const kubeconfig = kubeconfigOf(name);
    if (await exists(name)) return kindCluster(name);
    mkdirSync(stateDir(name), { recursive: true });
    const create = ['kind', 'create', 'cluster', '--name', clusterName(name), '--config', '-'];
    await step('kind', () =>
      run([...create, '--kubeconfig', kubeconfig, '--wait', '180s'], {
        ...{ input: configOf(name), seconds: 900 },
      }),
    );
    return kindCluster(name);
  },
  find: async (name) => ((await exists(name)) ? kindCluster(name) : undefined),
  down: remove,
};
