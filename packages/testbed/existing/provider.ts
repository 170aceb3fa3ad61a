/** A cluster that is already there. The test cluster changes nothing in it before someone said so. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Cluster, type Provider, TestbedError } from '../cluster.ts';
import { applyWith } from '../lib/definitions.ts';
import { forget, stateDir } from '../lib/dirs.ts';
import { run } from '../lib/run.ts';

/**
 * Asks a person to type the name of the cluster that will be changed; no other answer is accepted.
 * @throws TestbedError where the answer differs, or no terminal is attached
 */
export async function confirm(context: string, server: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new TestbedError(
      `'${context}' (${server}) is not a cluster of the testbed, and no terminal is attached to ask: pass --yes`,
    );
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await ask.question(`This will change '${context}' (${server}). Type its name to go on: `);
    if (answer.trim() !== context)
      throw new TestbedError(`'${answer.trim()}' is not '${context}': nothing was changed`);
  } finally {
    ask.close();
  }
}

const consentFile = (name: string) => join(stateDir(name), 'existing.json');

interface Consent {
  readonly kubeconfig: string;
  readonly context: string;
  readonly server: string;
}

async function currentContext(kubeconfig: string): Promise<Consent> {
  const view = [
    'config',
    'view',
    '--minify',
    '-o',
    'jsonpath={.current-context} {.clusters[0].cluster.server}',
  ];
  const { stdout } = await run(['kubectl', ...view], { env: { KUBECONFIG: kubeconfig } });
  const [context = '', server = ''] = stdout.split(' ');
  return { kubeconfig, context, server };
}

/** Consent holds for one context of one server: a kubeconfig that now points elsewhere asks again. */
function mayChange(name: string, now: Consent): boolean {
  if (!existsSync(consentFile(name))) return false;
  const then = JSON.parse(readFileSync(consentFile(name), 'utf8')) as Consent;
  return then.context === now.context && then.server === now.server;
}

function givenCluster(name: string, at: Consent): Cluster {
  const kubectl: Cluster['kubectl'] = (args, options = {}) =>
    run(['kubectl', '--context', at.context, ...args], {
      ...options,
      env: { ...options.env, KUBECONFIG: at.kubeconfig },
    });
  return {
    name,
    provider: 'existing',
    kubeconfig: at.kubeconfig,
    kubectl,
    exec: (command, options = {}) =>
      run(command, { ...options, env: { ...options.env, KUBECONFIG: at.kubeconfig } }),
    image: async (archive) => {
      throw new TestbedError(
        `${archive} cannot be put on the nodes of an existing cluster: push it to its registry`,
      );
    },
    apply: (objects) => applyWith(kubectl, objects),
    stop: async () => forget(name, consentFile(name)),
  };
}

/** Takes the cluster that KUBECONFIG names, once its name was confirmed. */
export const existingProvider: Provider = {
  name: 'existing',
  unavailable: async () => (process.env.KUBECONFIG ? undefined : 'KUBECONFIG is not set'),
  up: async ({ name, yes, kwokNodes }) => {
    if (kwokNodes) throw new TestbedError(`'kwokNodes' (${kwokNodes}) must be 0 with an existing cluster`);
    const at = await currentContext(process.env.KUBECONFIG ?? '');
    await run(['kubectl', 'get', '--raw', '/readyz'], { env: { KUBECONFIG: at.kubeconfig }, seconds: 20 });
    if (!mayChange(name, at)) await confirm(at.context, at.server, yes ?? false);
    mkdirSync(stateDir(name), { recursive: true });
    writeFileSync(consentFile(name), JSON.stringify(at));
    return givenCluster(name, at);
  },
  find: async (name) => {
    const at = await currentContext(process.env.KUBECONFIG ?? '');
    return mayChange(name, at) ? givenCluster(name, at) : undefined;
  },
  down: async (name) => forget(name, consentFile(name)),
};
