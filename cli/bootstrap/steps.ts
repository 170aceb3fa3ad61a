/** What a new cluster needs until Argo CD can do the rest, in this order. */
import { apply } from './apply.ts';
import { argoCd } from './argo-cd.ts';
import { delivery } from './delivery.ts';
import { dns } from './dns.ts';
import { repository } from './repository.ts';
import { secrets } from './secrets.ts';
import type { At, Step } from './step.ts';
import { waitForApplications } from './wait-for-applications.ts';
import { names, ofKind } from './wanted.ts';

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
export const steps: readonly Step[] = [
  dns,
  namespaces,
  secrets,
  argoCd,
  repository,
  delivery,
  waitForApplications,
];
