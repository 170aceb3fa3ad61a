/** What a new cluster needs until Argo CD can do the rest, in this order. */
import { apply } from './apply.ts';
import { argoCd, waitForApplications } from './argo-cd.ts';
import { dns } from './dns.ts';
import type { ClusterLike, MachineLike, OpenOptions } from './machine.ts';
import { pageLines, type Reached } from './pages.ts';
import { checkOwner, delivery, repository } from './repository.ts';
import { secrets } from './secrets.ts';
import { type BootstrapInput, names, ofKind } from './wanted.ts';

/** Where a step runs: the desired state, the machine and the cluster. */
export interface At {
  readonly wanted: BootstrapInput;
  readonly machine: MachineLike;
  readonly cluster: ClusterLike;
}

/** One thing that a new cluster needs before Argo CD can do the rest. */
export interface Step {
  readonly title: string;
  /** What it would do, one line each, from the desired state and this machine alone. */
  plan(wanted: BootstrapInput, machine: MachineLike): readonly string[];
  /** Looks whether nothing is left to do. */
  done(at: At): Promise<boolean>;
  /** Does what is left; also after an earlier run was stopped in the middle of it. */
  run(at: At): Promise<void>;
}

/** The Namespaces of the environment that are not there yet. */
async function missing({ wanted, cluster }: At) {
  const { stdout } = await cluster.kubectl(['get', 'namespaces', '--output', 'name']);
  const there = new Set(stdout.split('\n').map((line) => line.replace('namespace/', '')));
  return ofKind(wanted, 'Namespace').filter(({ metadata }) => !there.has(metadata.name));
}

/** Secrets and Argo CD need their namespaces before Argo CD can bring any. */
const namespaces: Step = {
  title: 'namespaces',
  plan: (wanted) => [`create what is missing of ${names(ofKind(wanted, 'Namespace')).join(', ')}`],
  done: async (at) => (await missing(at)).length === 0,
  run: async (at) => apply(at.cluster, await missing(at)),
};

/** After the cluster itself, which every one of them needs. */
const steps: readonly Step[] = [dns, namespaces, secrets, argoCd, repository, delivery, waitForApplications];

/** The steps, one after the other: each checks its state first, so that a run resumes where an earlier one stopped. */
const CLUSTER = 'cluster';

const numbered = (index: number, title: string): string => `${index + 1}/${steps.length + 1} ${title}`;

/** Says how it went, and how long it took. */
async function reported<T>(
  machine: MachineLike,
  title: string,
  work: () => Promise<[T, string]>,
): Promise<T> {
  const began = machine.now();
  machine.say(`${title} ...`);
  const [value, how] = await work();
  machine.say(`${title}: ${how} (${((machine.now() - began) / 1000).toFixed(1)} s)`);
  return value;
}

/**
 * Brings a cluster to where Argo CD does the rest.
 * @throws {TestbedError | CommandError} of the first step that failed; those before it stay done
 */
export async function runSteps(
  wanted: BootstrapInput,
  machine: MachineLike,
  options: OpenOptions,
): Promise<void> {
  const cluster = await reported<ClusterLike>(machine, numbered(0, CLUSTER), async () => {
    const opened = await machine.open(options);
    await checkOwner(opened, wanted);
    return [opened, `'${opened.name}' (${opened.provider}) answers`];
  });
  const at = { wanted, machine, cluster };
  const work = async (step: Step): Promise<[undefined, string]> => {
    if (await step.done(at)) return [undefined, 'nothing to do'];
    await step.run(at);
    return [undefined, 'done'];
  };
  for (const [index, step] of steps.entries())
    await reported(machine, numbered(index + 1, step.title), () => work(step));
  machine.print(lastPage(wanted, cluster));
}

function lastPage({ environment, waitSeconds }: BootstrapInput, cluster: Reached): string {
  const state = waitSeconds === undefined ? 'follows its repository' : 'runs';
  return `'${environment.name}' ${state}.\n\n${pageLines(environment, cluster).join('\n')}\n`;
}

/** @returns what a run would do, a paragraph a step; `how` says where the cluster comes from */
export function planText(
  wanted: BootstrapInput,
  machine: MachineLike,
  cluster: Reached,
  how: string,
): string {
  const all = [
    { title: CLUSTER, lines: [how] },
    ...steps.map((step) => ({ title: step.title, lines: step.plan(wanted, machine) })),
    { title: 'pages', lines: pageLines(wanted.environment, cluster) },
  ];
  return all
    .map(({ title, lines }, index) => {
      const heading = index < all.length - 1 ? numbered(index, title) : `then: ${title}`;
      return `${heading}\n${lines.map((line) => `      ${line}\n`).join('')}`;
    })
    .join('');
}
