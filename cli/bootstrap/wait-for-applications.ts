import { ARGOCD_NAMESPACE } from '../../argocd/settings.ts';
import { BootstrapError } from './machine.ts';
import type { At, Step } from './step.ts';
import { type BootstrapInput, names, ofKind } from './wanted.ts';

/** @see https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml */
interface Application {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly sync?: { readonly status?: string };
    readonly health?: { readonly status?: string };
    readonly conditions?: readonly { readonly message: string }[];
  };
}

const BETWEEN = 2000;

const expectedNames = (wanted: BootstrapInput): string[] =>
  names(ofKind(wanted, 'Application', ARGOCD_NAMESPACE));

const isSettled = ({ status }: Application): boolean =>
  status?.sync?.status === 'Synced' && status.health?.status === 'Healthy';

const stateOf = (name: string, found: Application | undefined): string => {
  if (found === undefined) return `${name} not there yet`;
  const { sync, health, conditions = [] } = found.status ?? {};
  const state = `${name} ${sync?.status || 'Unknown'}/${health?.status || 'Unknown'}`;
  return [state, ...conditions.map(({ message }) => message.slice(0, 200))].join(': ');
};

/** What is not as it should be; nothing where everything is. */
async function unsettled({ wanted, cluster }: At): Promise<string[]> {
  const get = ['get', 'applications.argoproj.io', '--output', 'json'];
  const { stdout } = await cluster.kubectl(['--namespace', ARGOCD_NAMESPACE, ...get]);
  const { items } = JSON.parse(stdout) as { items: Application[] };
  const found = new Map(items.map((one) => [one.metadata.name, one]));
  return [...new Set([...expectedNames(wanted), ...found.keys()])]
    .filter((name) => !isSettled(found.get(name) ?? { metadata: { name } }))
    .map((name) => stateOf(name, found.get(name)));
}

/** Every Application that the environment has, and those of earlier commits that were left. */
export const waitForApplications: Step = {
  title: 'Applications',
  plan: (wanted) => {
    const all = expectedNames(wanted);
    if (wanted.waitSeconds === undefined) return ['nothing: they are not waited for'];
    return [`wait until ${all.length} are Synced and Healthy: ${all.join(', ')}`];
  },
  done: async (at) => at.wanted.waitSeconds === undefined || (await unsettled(at)).length === 0,
  run: async (at) => {
    const { machine } = at;
    const seconds = at.wanted.waitSeconds ?? 0;
    const deadline = machine.now() + seconds * 1000;
    let said = '';
    for (;;) {
      // An API server that is away for a moment is not the end.
      const left = await unsettled(at).catch((error: unknown) => [String(error)]);
      if (left.length === 0) return;
      if (machine.now() >= deadline)
        throw new BootstrapError(`not Synced and Healthy within ${seconds} s:\n${left.join('\n')}`);
      const now = `waiting for ${left.length}: ${left.join(', ')}`;
      if (now !== said) machine.say(now);
      said = now;
      await machine.pause(BETWEEN);
    }
  },
};
