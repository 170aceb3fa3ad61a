import { apply } from './apply.ts';
import type { At, Step } from './step.ts';
import { names, ofKind } from './wanted.ts';

/** The Namespaces of the environment that are not there yet. */
async function missing({ wanted, cluster }: At) {
  const { stdout } = await cluster.kubectl(['get', 'namespaces', '--output', 'name']);
  const there = new Set(stdout.split('\n').map((line) => line.replace('namespace/', '')));
  return ofKind(wanted, 'Namespace').filter(({ metadata }) => !there.has(metadata.name));
}

/** Secrets and Argo CD need their namespaces before Argo CD can bring any. */
export const namespaces: Step = {
  title: 'namespaces',
  plan: (wanted) => [`create what is missing of ${names(ofKind(wanted, 'Namespace')).join(', ')}`],
  done: async (at) => (await missing(at)).length === 0,
  run: async (at) => apply(at.cluster, await missing(at)),
};
