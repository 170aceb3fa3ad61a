/** The steps, one after the other: each checks its state first, so that a run resumes where an earlier one stopped. */
import { checkOwner } from './delivery.ts';
import type { ClusterLike, MachineLike, OpenOptions } from './machine.ts';
import { pageLines, type Reached } from './pages.ts';
import type { Step } from './step.ts';
import { steps } from './steps.ts';
import type { BootstrapInput } from './wanted.ts';

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
